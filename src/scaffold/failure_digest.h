#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::scaffold {

// A place in a source file that an error message or traceback names.
struct Place {
    std::string file;  // as printed, made relative to the workspace where it is inside
    std::int64_t line = 0;
};

// What a test run said, read by a machine.
struct TestReport {
    bool green = false;  // the command ended with status 0
    bool built = true;   // no compile, syntax or import error
    bool timed_out = false;
    std::optional<std::int64_t> passed;  // tests, where the output tells
    std::optional<std::int64_t> failed;
    std::vector<Place> places;  // innermost first, files of the workspace only
    std::string digest;         // for a model: the first failures, at most about 400 tokens

    // Better or worse, for choosing among attempts: green, then built, then more tests passed, then fewer
    // failed; of a single test, then the one that came further: a test of many checks ends at the first that fails.
    [[nodiscard]] std::int64_t score() const;
};

struct RawRun {
    std::string_view output;  // stdout and stderr
    int exit_code = 0;
    int signal = 0;  // 0 when it ended by itself
    bool timed_out = false;
    std::string_view workspace;  // absolute path, cut from the front of paths
};

// Distils the output of a test command: the first compile error with its lines, or the first failing
// assertions with expected and actual values, and the counts. Knows unittest, pytest, GoogleTest, CTest,
// doctest and Catch2, gcc and clang, make, cargo, go and Jest by the shape of their lines; anything else is
// cut to its head and tail. Pure.
[[nodiscard]] TestReport digest_test_run(const RawRun& run);

// "3 of 5 tests pass", "does not build", "all tests pass".
[[nodiscard]] std::string summary(const TestReport& report);

}  // namespace hearth::scaffold
