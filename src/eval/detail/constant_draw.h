#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "eval/detail/constants.h"

namespace hearth::eval::detail {

// Under which constants count as the same: a number without zeros in front, a word in small letters.
[[nodiscard]] std::string key_of(const Atom& atom);

[[nodiscard]] bool is_number_key(std::string_view key);

// Keys and their new values.
using Draw = std::map<std::string, std::string>;

// New values by seed for `keys`, each another one than every key and every constant of `fixed`. Where there is room, numbers keep their
// order, their number of digits and their neighbours (399 beside 400), so that borders stay borders; a neighbour of a fixed number
// stays. A word keeps its length, its first letter and where its vowels stand. What finds no value is left out; so are 0, 1 and 2. Pure.
[[nodiscard]] Draw draw_constants(const std::set<std::string>& keys, const std::set<std::string>& fixed,
                                  std::uint64_t seed);

// The new value in the form of the old text: with its capitals, its zeros in front.
[[nodiscard]] std::string in_form_of(std::string_view old, std::string_view value);

// A text (the inside of a string, prose) with the atoms that are drawn in their new form. Pure.
[[nodiscard]] std::string drawn_text(std::string_view text, const Draw& draw);

// Numbers that say how the world is and not what a task wants: powers of ten and two, clocks, calendars, angles.
[[nodiscard]] bool is_fact(std::string_view key);

}  // namespace hearth::eval::detail
