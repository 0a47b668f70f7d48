#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"
#include "core/result.h"

namespace hearth::scaffold {

// Where a snippet that a model quotes really stands. All functions are pure.

// What a tool said on a branch, and the call that it answered.
struct ShownOutput {
    std::string tool;
    std::string call_id;
    std::vector<std::string> words;  // texts among the arguments, single-spaced
    std::string text;

    // "bash: make test".
    [[nodiscard]] std::string name() const;
};

// In the order in which they were shown; of evidence's own tools none, as they tell what the model said itself.
[[nodiscard]] std::vector<ShownOutput> shown_outputs(const std::vector<agent::Entry>& entries,
                                                     std::string_view leaf);

// The piece of a text that a snippet is, as it stands there: the very bytes, else but for white space. A piece that would be longer than a
// snippet may be is single-spaced. Nothing where it does not occur. Cost: linear.
[[nodiscard]] std::optional<std::string> find_quote(std::string_view text, std::string_view snippet);

// At most three lines of a text, numbered and cut, that have most of a snippet's words; empty where no line has a quarter of them.
[[nodiscard]] std::string nearest_lines(std::string_view text, std::string_view snippet);

struct Quote {
    std::string source;
    std::string text;
};

// The text of a file by the name that it is known by, or why there is none.
struct SourceFile {
    std::string name;
    Result<std::string> text;
};

// The snippet as it stands in the file, else in what a call said that the source names: by its command, path or other text, its tool or its id,
// the latest first. Where the source is neither a file nor a call, all that was shown is looked through.
// Errors: kNotFound with what a model is to be told.
[[nodiscard]] Result<Quote> find_source(std::string_view source, std::string_view snippet,
                                        const SourceFile& file, const std::vector<ShownOutput>& outputs);

}  // namespace hearth::scaffold
