#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/folder_walk.h"
#include "agent/tool.h"

namespace hearth::agent::detail {

// What a looking tool shows: lines, and below them what was left out and how to see it.
class LookOutput {
public:
    // A line; false when it does not fit any more, and is left out.
    bool add(std::string_view line);

    [[nodiscard]] bool is_full() const { return full_; }

    // A note for the model, in brackets.
    void note(std::string_view text);

    // What a walk left out, and that it was cut short.
    void note(const Walked& walked);

    // All of it; `nothing` stands for no line, and `narrower` says what to ask for when not all did fit.
    [[nodiscard]] ToolResult result(std::string_view nothing, std::string_view narrower) const;

private:
    std::string lines_;
    std::string notes_;
    bool full_ = false;
};

// How many are wanted at most: `given`, else `usual`; at least 1.
[[nodiscard]] std::size_t limit_of(std::optional<std::int64_t> given, std::size_t usual);

// The error as a result for the model.
[[nodiscard]] ToolResult look_failure(std::string_view message);

}  // namespace hearth::agent::detail
