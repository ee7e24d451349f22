#pragma once
/// \file What a study of a synthetic set can say more, since the truth is known: distances to it, and the
/// figure.

#include <vector>

#include <mollify/trainers/figures/chart.hpp>
#include <mollify/trainers/program/study/comparison.hpp>
#include <mollify/trainers/program/study/study.hpp>

namespace mollify {

/// Of the last models. gaussian-mixture: negative test log-likelihood against the entropy, mass near each mode
/// and elsewhere, score error where the density is low; von-mises: distance of the angle's distribution, mean
/// |r - 1|. Draws 20,000 samples per model.
std::vector<ComparedQuantity> distances_to_truth(const Study& study);

/// Target density and true scores; for the first seed's runs the density, and training data with the
/// model's scores at the first, an early and the last snapshot. Throws DataError for runs without snapshots.
Figure synthetic_figure(const Study& study);

}  // namespace mollify
