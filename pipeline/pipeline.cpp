#include <mollify/pipeline/pipeline.hpp>
#include <mollify/stages/error.hpp>
#include <mollify/stages/kernel/philox.hpp>

namespace mollify {
namespace {

void check_span(Iteration begin, Iteration end) {
    if (begin > end) {
        throw ConfigError("iterations run from " + std::to_string(begin) + " to " + std::to_string(end) +
                          ": the end must not be below the beginning");
    }
    if (end > kAddressLimit) throw ConfigError("iterations end at 2^44, where noise has no addresses left");
}

}  // namespace

Pipeline::Pipeline(Recipe recipe, std::string consumer_name, Consumer consumer)
    : recipe_(std::move(recipe)), consumer_name_(std::move(consumer_name)), consumer_(std::move(consumer)) {}

void Pipeline::run(Iteration begin, Iteration end) {
    const Recipe recipe = recipe_.validated();
    check_span(begin, end);
    next_ = begin;
    std::erase_if(bad_samples_, [&](const BadSample& bad) { return bad.iteration >= begin; });
    flow_ = std::make_unique<BatchFlow>(recipe, begin, end, stopping_, bad_samples_);
    // However the loop ends, the statistics are kept and the graph has run dry before this function returns. Only
    // then is a wish to stop forgotten: one that comes before the run, by a signal, ends it before its first batch.
    const auto finish = [&] {
        statistics_ = flow_->statistics();
        statistics_.nodes.back().name = consumer_name_;
        bad_samples_ = flow_->bad_samples();
        flow_.reset();
        stopping_->store(false);
    };
    try {
        while (Batch* batch = flow_->next()) {
            ++next_;
            try {
                consumer_(*batch);
            } catch (...) {
                --next_;  // it is still to be run
                flow_->release();
                throw;
            }
            flow_->release();
        }
    } catch (...) {
        finish();
        throw;
    }
    finish();
}

void Pipeline::resume(const Position& position, Iteration end) {
    if (position.signature != own_signature()) {
        throw ConfigError("the position belongs to other data or another order: it was taken with '" +
                          position.signature + "', this pipeline has '" + own_signature() + "'");
    }
    run(position.iteration, end);
}

Position Pipeline::position() const { return {.iteration = next_, .signature = own_signature()}; }

const std::string& Pipeline::own_signature() const {
    if (signature_.empty()) signature_ = signature(recipe_);
    return signature_;
}

Statistics Pipeline::statistics() const {
    if (!flow_) return statistics_;
    Statistics running = flow_->statistics();
    running.nodes.back().name = consumer_name_;
    return running;
}

BatchRange::BatchRange(const Recipe& recipe, Iteration begin, Iteration end)
    : recipe_(recipe.validated()), begin_(begin), end_(end) {
    check_span(begin, end);
}

BatchRange::Iterator BatchRange::begin() {
    flow_.reset();  // a second loop starts from the beginning again
    flow_ = std::make_unique<BatchFlow>(recipe_, begin_, end_);
    return Iterator(flow_.get());
}

BatchRange::Iterator& BatchRange::Iterator::operator++() {
    flow_->release();
    batch_ = nullptr;
    batch_ = flow_->next();
    return *this;
}

}  // namespace mollify
