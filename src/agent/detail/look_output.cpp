#include "agent/detail/look_output.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::agent::detail {
namespace {

constexpr std::size_t kMaxShown = 12'000;  // bytes, about 3,500 tokens
constexpr std::int64_t kMostWanted = 100'000;

}  // namespace

bool LookOutput::add(std::string_view line) {
    if (full_ || lines_.size() + line.size() + 1 > kMaxShown) {
        full_ = true;
        return false;
    }
    lines_ += line;
    lines_ += '\n';
    return true;
}

void LookOutput::note(std::string_view text) { notes_ += fmt::format("[{}]\n", text); }

void LookOutput::note(const Walked& walked) {
    notes_ += left_out_note(walked.left_out);
    if (!walked.whole) note("not all files were looked at; name a folder with path");
}

ToolResult LookOutput::result(std::string_view nothing, std::string_view narrower) const {
    std::string text = lines_;
    if (full_) text += fmt::format("[cut at {} bytes; {}]\n", kMaxShown, narrower);
    if (text.empty()) {
        if (notes_.empty()) return ToolResult{std::string(nothing)};
        text = fmt::format("{}\n", nothing);
    }
    return ToolResult{to_valid_utf8(text + notes_)};
}

std::size_t limit_of(std::optional<std::int64_t> given, std::size_t usual) {
    if (!given) return usual;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(*given, 1, kMostWanted));
}

ToolResult look_failure(std::string_view message) { return {fmt::format("Error: {}", message), true}; }

}  // namespace hearth::agent::detail
