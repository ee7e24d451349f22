#pragma once
/// \file The lines of a delimited text, and the cells that they are cut into.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mollify {

/// Walks over the lines of a text that outlives it. A copy goes on from the same line by itself.
class DelimitedLines {
  public:
    /// More cells than that in a line are no table that anything could be trained on.
    static constexpr std::size_t kMostCells = std::size_t{1} << 20;

    /// `source` names the text in messages, and outlives this too.
    DelimitedLines(std::string_view text, const std::string& source);

    /// Goes to the next line that is neither blank nor a comment (from # on); false at the end. `delimiter` is 0
    /// where it is not known yet.
    bool next(char delimiter);
    /// Goes to the next line, whatever it holds; false at the end.
    bool skip();

    std::string_view line() const { return line_; }
    /// The last comment that was passed over, without its mark; and how many there were.
    std::string_view comment() const { return comment_; }
    std::size_t comments() const { return comments_; }

    /// Cuts the line into `cells`. Quotes around a cell are taken off; doubled quotes in it stay doubled. Throws
    /// DataError for quotes that do not match, and for more than kMostCells cells.
    void cut(char delimiter, std::vector<std::string_view>& cells) const { cut(line_, delimiter, cells); }
    /// The same of another text of this line, such as a comment.
    void cut(std::string_view text, char delimiter, std::vector<std::string_view>& cells) const;

    /// Throws DataError with the number of the line, and of the column where one is given (from 0).
    [[noreturn]] void fail(const std::string& problem, const std::string& remedy) const;
    [[noreturn]] void fail(std::size_t column, const std::string& problem, const std::string& remedy) const;

  private:
    std::size_t closing_quote(std::string_view cell, std::size_t column) const;

    std::string_view rest_;
    std::string_view line_;
    std::string_view comment_;
    std::size_t comments_ = 0;
    std::size_t number_ = 0;
    const std::string* source_;
};

}  // namespace mollify
