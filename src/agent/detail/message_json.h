#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "agent/entry.h"
#include "core/json.h"

// Messages as pi's format has them: roles system, user, assistant and toolResult with content as blocks; bashExecution, custom
// and the two summaries are read.
namespace hearth::agent::detail {

// `unix_ms` stands for a time that the facts do not have.
[[nodiscard]] json::object encode_message(const chat::Message& message, const MessageFacts& facts,
                                          std::int64_t unix_ms);

// {"input", "output", "cacheRead", …, "total"} in US dollars.
[[nodiscard]] json::object encode_cost(const chat::Cost& cost);

// {"input", "output", "cacheRead", …} with what it cost, which is nothing on one's own machine.
[[nodiscard]] json::object encode_usage(const chat::Usage& usage);

// Fills message, facts, role and hidden of the entry from the body of a message of any role.
void decode_message(const json::value& body, Entry& entry);

// {"type": "image", "data": BASE64, "mimeType"}.
[[nodiscard]] json::object image_block(const chat::Image& image);

// The text and the images of {"content": "…" | [blocks]} as a user's message; what is no image that chat::Image can hold is named in the text.
[[nodiscard]] chat::Message decode_content(const json::value& holder);

// The text alone; images are named in it.
[[nodiscard]] std::string content_text(const json::value& holder);

// A call's arguments as the object they should be; malformed ones are kept as the text that the model wrote.
[[nodiscard]] json::value arguments_value(const std::string& text);

// What a model is told of a summary of what it no longer sees.
[[nodiscard]] std::string summary_words(std::string_view what, std::string_view summary);

}  // namespace hearth::agent::detail
