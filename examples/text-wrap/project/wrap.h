#pragma once
#include <cstddef>
#include <string>
#include <vector>

// The words of a text: what stands between spaces, tabs and line ends.
std::vector<std::string> words_of(const std::string& text);

// The text in lines of at most `width` characters. Lines break between words; a word that is longer than a line
// is cut.
std::vector<std::string> wrap(const std::string& text, std::size_t width);

// The lines with spaces in front, so that each stands in the middle of `width` columns.
std::vector<std::string> centre(const std::vector<std::string>& lines, std::size_t width);
