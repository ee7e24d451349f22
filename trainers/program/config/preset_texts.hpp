#pragma once
/// \file The files of presets/ as text; the build makes the source.

namespace mollify::preset_texts {

extern const char* const cifar10_glow;
extern const char* const cifar10_glow_small;
extern const char* const own_images;
extern const char* const own_table;
extern const char* const quickstart;
extern const char* const synthetic_gaussian_mixture;
extern const char* const synthetic_von_mises;
extern const char* const uci;  ///< without [data] and [model]

}  // namespace mollify::preset_texts
