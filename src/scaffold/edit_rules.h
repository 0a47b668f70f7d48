#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/file_change.h"
#include "scaffold/project.h"

namespace hearth::scaffold {

// What a project demands of every change.
struct EditRules {
    std::optional<std::size_t> max_lines;  // of a file; a longer one may stay as long as it is
    std::vector<std::string> forbidden;    // paths that stay as they are (core/path_glob.h)
    std::string tests;                     // that pass after the last change; empty for none
    bool search_first = false;             // before a function is added those that are there are looked at
    bool explain = false;                  // which functions change and why is said with the change
};

// The rules in words for a model, under a heading; empty without rules. Pure.
[[nodiscard]] std::string rule_words(const EditRules& rules);

[[nodiscard]] bool is_forbidden(const EditRules& rules, std::string_view path);

// Names of the functions, methods and classes that a change adds, changes and takes away. Pure.
struct ChangedFunctions {
    std::vector<std::string> added;
    std::vector<std::string> changed;
    std::vector<std::string> removed;
};

[[nodiscard]] ChangedFunctions changed_functions(const agent::FileChange& change);

// Functions of a project whose names have words in common with this one ("round_price", "roundTotal"), nearest first, as
// "src/money.py:12: round_price". Pure. Cost: one outline of every source file.
[[nodiscard]] std::vector<std::string> similar_functions(const Project& project, std::string_view name);

// What is known when a change is judged.
struct RuleContext {
    const Project& project;
    std::string_view said;                       // by the model, with the change; without code
    const std::vector<std::string>& looked_for;  // names of functions that were looked for, or shown
    const std::vector<std::string>& planned;     // names that a signed plan has for this file
};

// Why a change may not be made, as the next step for the model; nothing when it may. `shown` grows by the functions whose neighbours the
// answer shows: asked for again they are added. Pure.
[[nodiscard]] std::optional<std::string> rule_fault(const EditRules& rules, const agent::FileChange& change,
                                                    const RuleContext& context,
                                                    std::vector<std::string>& shown);

// A text without its code blocks. Pure.
[[nodiscard]] std::string prose_of(std::string_view text);

}  // namespace hearth::scaffold
