#pragma once
/// \file Drawing by gnuplot, run as a program of its own.
///
/// Why gnuplot: Debian's gnuplot-nox alone draws lines over two axes, images, arrows and grids of panels,
/// with antialiasing and good text (cairo, pango), and needs neither X nor a header to build against.
/// PLplot's and MathGL's development packages bring Fortran, Qt, MPI or OpenGL along, gnuplot-iostream brings
/// Boost and a pipe whose breaking ends the process by SIGPIPE. A program of its own can fail, or not be
/// there, without harm to a training. Here it reads its script from a file, not from a pipe: there is nothing
/// to break.

#include <filesystem>
#include <string>

#include <mollify/stages/error.hpp>

namespace mollify {

/// A picture that could not be drawn or written. What it would have shown is not lost with it: say so and go
/// on.
class FigureError : public Error {
  public:
    using Error::Error;
};

/// Runs gnuplot on `script`, which prints one picture to its standard output, and writes that to `output`,
/// whole or not at all. Thread-safe. Throws FigureError where gnuplot is missing (naming the package), fails
/// (with its message) or prints nothing, or where `output` cannot be written.
/// \param program the program's name, looked up in PATH, or its path
void run_gnuplot(const std::string& script, const std::filesystem::path& output,
                 const std::string& program = "gnuplot");

/// `text` as a gnuplot string in single quotes, safe whatever it holds. Line breaks become spaces.
std::string gnuplot_string(const std::string& text);

}  // namespace mollify
