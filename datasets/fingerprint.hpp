#pragma once
/// \file A short hash that tells one content from another.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mollify {

/// FNV-1a with 64 bits (Fowler, Noll and Vo): tells changed data from unchanged, no protection against
/// forgery.
class Fingerprint {
  public:
    void add(const void* data, std::size_t size) {
        const auto* bytes = static_cast<const unsigned char*>(data);
        for (std::size_t i = 0; i < size; ++i) hash_ = (hash_ ^ bytes[i]) * 0x100000001B3;
    }
    void add(std::string_view text) { add(text.data(), text.size()); }
    /// Eight bytes, the lowest first.
    void add(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8)
            hash_ = (hash_ ^ (number >> shift & 0xFF)) * 0x100000001B3;
    }
    /// Sixteen lower-case hexadecimal digits.
    std::string hex() const {
        std::string text(16, '0');
        for (int digit = 0; digit < 16; ++digit)
            text[digit] = "0123456789abcdef"[hash_ >> (60 - 4 * digit) & 0xF];
        return text;
    }

  private:
    std::uint64_t hash_ = 0xCBF29CE484222325;
};

}  // namespace mollify
