#pragma once

#include <string>

// Days are numbered 0 (Mo), 1 (Tu), 2 (We), 3 (Th), 4 (Fr), 5 (Sa), 6 (Su).

// The days of a text such as "Mo-Fr,Su": single days and ranges, joined by commas, without blanks. Bit d of the result
// is set when day d is in it. A range may go over the end of the week: "Sa-Mo" is Sa, Su, Mo. A range from a day
// to itself is that one day. Days may be named more than once. The empty text is no days.
// Any other text (unknown or lower-case names, empty parts, three-part ranges) gives -1.
int parse_days(const std::string& text);

// The first day on or after `day` that is in the mask, searching over the end of the week; -1 if the mask is empty.
int next_open(int mask, int day);

// How many days in a row are open, beginning with `day`: 0 if it is closed, at most 7. The week is a circle.
int open_run(int mask, int day);
