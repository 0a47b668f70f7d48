#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/failure_digest.h"
#include "scaffold/project.h"

namespace hearth::scaffold {

// A place where the change is likely to belong.
struct Target {
    std::string file;
    std::string definition;  // "Ledger.balance"; empty when only the file is known
    bool certain = false;    // stub, or the user named the definition; else it is a guess
    bool stub = false;       // the definition, or the missing member of it, has yet to be written
    // How many definitions of the file have yet to be written. A file without any code has no definition, and is a stub itself.
    std::size_t unwritten = 0;
    // "transfer": a method that the class `definition` has to get; equal to `definition` when the file lacks a function or class.
    std::string missing;
    std::vector<std::string> definitions;  // the functions of the file, likeliest first
    std::vector<std::string> also;    // other definitions of the file that the user named, likeliest first
    std::optional<std::size_t> line;  // from 1, when one line is suspected
    double score = 0;
};

// Whether the target is a file without any code.
[[nodiscard]] bool is_blank(const Target& target);

// Source files by how likely they need the change, best first, each with its likeliest definition. Signs: names in the
// user's words, places in tracebacks and compile errors, stubs (stubs.h), what the errors say a
// class or a file lacks, what the tests import and call. Deterministic; pure.
[[nodiscard]] std::vector<Target> rank_targets(const Project& project, std::string_view prompt,
                                               const TestReport& report);

}  // namespace hearth::scaffold
