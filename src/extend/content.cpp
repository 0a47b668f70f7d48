#include "extend/content.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::size_t kMaxText = std::size_t{256} << 10U;  // the loop cuts it to what the window has room for
constexpr std::size_t kMaxDetails = std::size_t{1} << 20U;

}  // namespace

std::string content_text(const json::value& holder) {
    std::string out;
    const auto* content = member(holder, "content");
    if (content == nullptr) return out;
    if (const auto* text = content->if_string()) {
        out = *text;
    } else if (const auto* blocks = content->if_array()) {
        for (const auto& block : *blocks) {
            if (!out.empty()) out += '\n';
            if (const auto words = string_member(block, "text")) {
                out += *words;
            } else {
                out += fmt::format("[{} that this model cannot see]",
                                   string_member(block, "type").value_or("something"));
            }
        }
    }
    return head_and_tail(to_valid_utf8(out), kMaxText / 2, kMaxText / 2);
}

Result<agent::ToolResult> tool_result(std::string_view text, agent::ToolResult before) {
    const auto value = TRY(parse_json(text));
    auto result = std::move(before);
    if (!value.is_object()) return result;
    if (member(value, "content") != nullptr) result.text = content_text(value);
    if (const auto* details = member(value, "details"); details != nullptr && details->is_object()) {
        auto kept = json::serialize(*details);
        if (kept.size() <= kMaxDetails) result.details = std::move(kept);
    }
    result.is_error = bool_member(value, "isError").value_or(result.is_error);
    result.ends_run = bool_member(value, "terminate").value_or(result.ends_run);
    return result;
}

}  // namespace hearth::extend
