#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::model {

// What a model is called: "qwen2.5-coder:1.5b", or without a tag for files of one's own. One from a registry may bear its place there:
// "someone/model:tag", "registry.example:5000/someone/model:tag".
struct ModelName {
    std::string base;
    std::string tag;  // may be empty

    [[nodiscard]] std::string text() const { return tag.empty() ? base : base + ":" + tag; }
};

// Lower-cases; the base has up to three parts with '/' between them, the first of three may end in a port. Parts and tag start with a
// letter or digit and go on with letters, digits, '.', '_' and '-', at most 64 of them. Errors: kInvalidInput. Threads: pure.
[[nodiscard]] Result<ModelName> parse_model_name(std::string_view text);

// A name made of a file name or the end of a URL: "SmolLM2 135M.Q4_1.gguf" gives "smollm2-135m.q4_1". Empty
// when nothing is left. Pure.
[[nodiscard]] std::string model_name_of_file(std::string_view file_name);

// The known names closest to a mistyped one, best first: few edits away (insertions, deletions, replacements,
// swaps of neighbours), or containing it. Pure; cost O(known × length²).
[[nodiscard]] std::vector<std::string> nearest_names(std::string_view wanted,
                                                     std::span<const std::string> known,
                                                     std::size_t most = 3);

// " Did you mean a, b or c?" with a leading space, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view wanted, std::span<const std::string> known);

}  // namespace hearth::model
