#pragma once
/// \file Flows for table rows: a chain of layers.

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mollify/trainers/models/flow.hpp>

namespace mollify {

/// A chain of layers from a row of D ≥ 2 features to a standard normal. Parameters are called `<layer>.<name>`,
/// layers counted from the data.
class TableFlow final : public Flow {
  public:
    /// Layers from the data on, as a kind of flow adds them.
    class Chain {
      public:
        explicit Chain(TableFlow& flow) : flow_(flow) {}

        /// Adds L(scope, D, arguments...), or for a layer without parameters L().
        template <class L, class... Arguments>
        void add(Arguments&&... arguments) {
            if constexpr (std::constructible_from<L, Scope, std::int64_t, Arguments...>) {
                const auto place = flow_.scope() / std::to_string(flow_.layers_.size());
                flow_.layers_.push_back(
                    std::make_unique<L>(place, static_cast<std::int64_t>(flow_.shape().elements()),
                                        std::forward<Arguments>(arguments)...));
            } else {
                flow_.layers_.push_back(std::make_unique<L>());
            }
        }

      private:
        TableFlow& flow_;
    };

    /// \param add_block  adds the layers of a block, given its number from 0
    TableFlow(std::string kind, SampleShape shape, std::int64_t blocks,
              const std::function<void(Chain&, int block)>& add_block);

    std::string name() const override { return kind_; }
    bool needs_reestimation() const override { return true; }

    Encoding encode(const at::Tensor& x, Pass pass) const override;
    at::Tensor decode(const std::vector<at::Tensor>& latents) const override;

  protected:
    at::Tensor base_log_likelihood(const std::vector<at::Tensor>& latents) const override;
    std::vector<at::Tensor> draw(std::int64_t count, at::Generator generator) const override;
    void loaded() override;

  private:
    std::string kind_;
    std::vector<std::unique_ptr<Layer>> layers_;
};

/// Why no table flow can take samples of `shape`.
std::vector<std::string> table_flow_problems(const SampleShape& shape);

}  // namespace mollify
