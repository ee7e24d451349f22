#pragma once
/// \file Curves over a training: loss and log-likelihoods, with the noise level on an axis of its own.

#include <string>
#include <vector>

#include <mollify/trainers/figures/chart.hpp>

namespace mollify {

/// What a run has written down; x is iterations, y nats per sample (noise_level: 0…1).
struct History {
    std::string label;                ///< before what a curve shows in the legend, such as "mollified"
    bool in_legend = true;            ///< false for a further run of the same kind
    Colour colour = kBlue;            ///< of the likelihoods on clean data
    Colour pale = kPaleBlue;          ///< of the training's own
    std::vector<Point2> training;     ///< minus the loss, on data as mollified as it was
    std::vector<Point2> validation;   ///< on clean data
    std::vector<Point2> test;         ///< on clean data
    std::vector<Point2> noise_level;  ///< the schedule's n
};

/// The runs over each other. The axis of likelihoods leaves out the steep beginning: it shows the upper 95 %
/// of each curve, and every curve to its last point.
Figure curves(const std::vector<History>& runs, const std::string& title);

}  // namespace mollify
