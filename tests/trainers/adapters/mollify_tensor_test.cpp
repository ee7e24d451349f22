#include <vector>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <mollify/stages/error.hpp>
#include <mollify/tests/support/errors.hpp>
#include <mollify/trainers/adapters/mollify_tensor.hpp>

using namespace mollify;

namespace {

const std::vector<SampleId> kIds = {6, 2, 9};

/// Writes the sample's shape over its values.
class ShowShape : public MollifierKind {
  public:
    void apply(std::span<float> values, const SampleShape& shape, std::span<const SampleId>, Iteration,
               double) const override {
        for (float& value : values)
            value = static_cast<float>(shape.channels * 10'000 + shape.height * 100 + shape.width);
    }
};

}  // namespace

TEST_CASE("a tensor is mollified to the bits of a batch") {
    const auto mollifier = Mollifier::gaussian(Schedule({.duration = 100}), 5);
    Batch batch({.capacity = 3, .shape = {2, 4, 5}});
    batch.admit(40, 1, kIds);
    for (float& value : batch.values()) value = 0.25f;
    batch.set_content(Content::values);
    mollifier(batch);
    const auto tensor = at::full({3, 2, 4, 5}, 0.25);
    mollify_tensor(tensor, kIds, 40, 1, mollifier);
    const auto values = batch.values();
    CHECK(at::equal(tensor.flatten(), at::from_blob(values.data(), {120})));
}

TEST_CASE("the shape of a tensor's samples is told to the mollifier") {
    const Mollifier mollifier("show", Schedule({}), std::make_shared<ShowShape>());
    const auto shown = [&](const std::vector<std::int64_t>& sizes) {
        const auto tensor = at::zeros(sizes);
        mollify_tensor(tensor, kIds, 0, 0, mollifier);
        return tensor.min().item<float>();
    };
    CHECK(shown({3}) == 1'01'01);
    CHECK(shown({3, 11}) == 11'01'01);
    CHECK(shown({3, 2, 4}) == 2'04'01);
    CHECK(shown({3, 2, 4, 5}) == 2'04'05);
    CHECK(shown({3, 2, 4, 5, 2}) == 2'04'10);
}

TEST_CASE("a tensor of another kind, or of another number of rows, is refused") {
    const auto mollifier = Mollifier::gaussian(Schedule({}), 5);
    const auto refused = [&](const at::Tensor& tensor) {
        return test::message_of<Error>([&] { mollify_tensor(tensor, kIds, 0, 0, mollifier); });
    };
    CHECK(refused(at::zeros({3, 2}, at::kDouble)).find("float32") != std::string::npos);
    CHECK(refused(at::zeros({2, 3}).t()).find("contiguous") != std::string::npos);
    CHECK(refused(at::zeros({2, 3})).find("3 sample ids for a tensor of 2 rows") != std::string::npos);
    CHECK(refused(at::zeros({})).find("of 0 rows") != std::string::npos);
}
