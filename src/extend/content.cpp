#include "extend/content.h"

#include <fmt/format.h>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "chat/image.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::size_t kMaxText = std::size_t{256} << 10U;  // the loop cuts it to what the window has room for
constexpr std::size_t kMaxDetails = std::size_t{1} << 20U;

// Images go into `images`; without it, and where they are none that chat::Image can hold, they are named in the text.
std::string read_content(const json::value& holder, std::vector<chat::Image>* images) {
    std::string out;
    const auto* content = member(holder, "content");
    if (content == nullptr) return out;
    if (const auto* text = content->if_string()) {
        out = *text;
    } else if (const auto* blocks = content->if_array()) {
        for (const auto& block : *blocks) {
            if (images != nullptr && string_member(block, "type") == "image") {
                if (auto image = chat::parse_image(string_member(block, "data").value_or(""))) {
                    images->push_back(*std::move(image));
                    continue;
                }
            }
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

}  // namespace

std::string content_text(const json::value& holder) { return read_content(holder, nullptr); }

Result<agent::ToolResult> tool_result(std::string_view text, agent::ToolResult before) {
    const auto value = TRY(parse_json(text));
    auto result = std::move(before);
    if (!value.is_object()) return result;
    if (member(value, "content") != nullptr) {
        std::vector<chat::Image> images;
        result.text = read_content(value, &images);
        TRY(chat::check_images(images));
        // An extension is not told of images, so that it did not take away those that were there.
        if (!images.empty()) result.images = std::move(images);
    }
    if (const auto* details = member(value, "details"); details != nullptr && details->is_object()) {
        auto kept = json::serialize(*details);
        if (kept.size() <= kMaxDetails) result.details = std::move(kept);
    }
    result.is_error = bool_member(value, "isError").value_or(result.is_error);
    result.ends_run = bool_member(value, "terminate").value_or(result.ends_run);
    return result;
}

}  // namespace hearth::extend
