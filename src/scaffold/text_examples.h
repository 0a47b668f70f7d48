#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/behaviour.h"
#include "scaffold/project.h"

namespace hearth::scaffold {

// Examples that people wrote down for people, as tests: "`area(2, 3)` returns `6`", "area(2, 3) == 6", "area(2, 3)  # => 6", sessions
// with ">>> ", and lines of test output such as "self.assertEqual(area(2, 3), 6)". Looked for in the task, in the project's texts and
// in comments and docstrings of its sources. Only calls of functions and classes of the project's own sources with values that are
// written out count; anything else ("area(w, h) returns 2 numbers") is no example. Each is a piece of code for make_probe(), none
// twice, at most 40. Pure.
[[nodiscard]] std::vector<std::string> text_examples(const Project& project, std::string_view task,
                                                     ProbeLanguage language);

}  // namespace hearth::scaffold
