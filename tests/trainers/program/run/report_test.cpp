#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>

#include <mollify/datasets/synthetic.hpp>
#include <mollify/trainers/program/run/report.hpp>

using namespace mollify;

TEST_CASE("the report of a run has a row for what there is, and says where it is not finite") {
    const auto part = std::make_shared<ArrayDataset>(synthesize(GaussianMixture(), {.count = 3}));
    Data data;
    data.train = part;
    Summary summary;
    CHECK(closing(summary, data, "folder").find("log-likelihood") == std::string::npos);

    data.test = part;
    const auto diverged = closing(summary, data, "folder");
    CHECK(diverged.find("test log-likelihood, last  not finite\n") != std::string::npos);
    CHECK(diverged.find("best") == std::string::npos);  // nothing was selected

    summary.test_log_likelihood_last = -1.5;
    summary.validation_log_likelihood_best = -2;
    summary.best_iteration = 7;
    const auto text = closing(summary, data, "folder");
    CHECK(text.find("last  -1.5000 nats\n") != std::string::npos);
    CHECK(text.find("best  not finite (best validation: after iteration 7)\n") != std::string::npos);
}
