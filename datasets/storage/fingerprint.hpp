#pragma once
/// \file A short hash that tells whether data changed. Not cryptographic.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mollify {

/// 64-bit FNV-1a (Fowler, Noll and Vo) over all that is added, in order. The same on every machine.
class Fingerprint {
  public:
    Fingerprint& add(std::span<const std::byte> bytes) {
        for (const std::byte byte : bytes) hash_ = (hash_ ^ std::to_integer<std::uint64_t>(byte)) * kPrime;
        return *this;
    }
    Fingerprint& add(const void* data, std::size_t size) {
        return add(std::span(static_cast<const std::byte*>(data), size));
    }
    /// A number, as eight bytes, least significant first.
    Fingerprint& add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) hash_ = (hash_ ^ ((number >> shift) & 0xff)) * kPrime;
        return *this;
    }
    /// A text, after its length, so that "ab" + "c" differs from "a" + "bc".
    Fingerprint& add(std::string_view text) {
        return add(std::uint64_t{text.size()}).add(std::as_bytes(std::span(text)));
    }

    std::uint64_t value() const { return hash_; }
    /// 16 hexadecimal digits.
    std::string hex() const {
        std::string digits(16, '0');
        for (int i = 0; i < 16; ++i) digits[i] = "0123456789abcdef"[(hash_ >> (60 - 4 * i)) & 0xf];
        return digits;
    }

  private:
    static constexpr std::uint64_t kPrime = 0x100000001b3;
    std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace mollify
