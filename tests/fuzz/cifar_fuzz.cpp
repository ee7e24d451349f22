// Any bytes are whole records with labels in range, or a DataError.
#include <cstdint>
#include <cstdlib>
#include <span>

#include <mollify/datasets/images/cifar.hpp>
#include <mollify/stages/error.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto& layout : {mollify::kCifar10, mollify::kCifar100}) {
        try {
            const auto records =
                mollify::check_cifar_records(std::as_bytes(std::span(data, size)), layout, 0, "fuzz");
            if (records == 0 || records * layout.record_bytes() != size) std::abort();
            for (std::size_t record = 0; record < records; ++record) {
                if (data[record * layout.record_bytes() + layout.label_bytes - 1] >= layout.classes)
                    std::abort();
            }
        } catch (const mollify::DataError&) {
        }
    }
    return 0;
}
