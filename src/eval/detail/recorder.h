#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/detail/comparisons.h"

namespace hearth::eval::detail {

// What a computed expression gave: its numbers and strings in order, through lists, tuples, dictionaries and objects. Truth values and
// what is nothing count as nothing.
struct Recorded {
    struct Value {
        bool number = false;
        std::string text;

        bool operator==(const Value&) const = default;
    };

    std::vector<Value> values;
    bool whole = true;   // false: something in it is neither of these
    bool steady = true;  // false: it gave different things within one run

    bool operator==(const Recorded&) const = default;
};

inline constexpr std::string_view kRecordFile = "hearth-seen.jsonl";  // in the folder where the tests run

// What has to stand before and behind the text of a test file so that recording() can be used in it. Nothing but the language itself
// is needed.
[[nodiscard]] std::string recorder_opening(CodeLanguage language);
[[nodiscard]] std::string recorder_ending(CodeLanguage language);

// The files beside the tests that the opening needs, path and content. `beside` is the folder of the test file with its '/', or empty.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> recorder_files(CodeLanguage language,
                                                                              std::string_view beside);

// A computed expression that gives the same and is recorded under a number.
[[nodiscard]] std::string recording(std::size_t number, std::string_view expression);

// Reads the record of a run: per number what its expression gave. Errors: kInvalidInput for what is no record, with its line.
[[nodiscard]] Result<std::map<std::size_t, Recorded>> read_record(std::string_view text);

}  // namespace hearth::eval::detail
