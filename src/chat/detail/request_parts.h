#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "core/json.h"

// What the bodies of requests are made of in every dialect.
namespace hearth::chat::detail {

// Bytes that are no UTF-8 are replaced.
[[nodiscard]] json::string text_value(std::string_view text);

// A JSON schema of an object; any object where the text is none.
[[nodiscard]] json::value schema_value(std::string_view schema);

// Texts in a list, as of text_value(): what ends an answer.
[[nodiscard]] json::array text_list(const std::vector<std::string>& texts);

// Tools, and earlier calls of some, as functions in the form of the OpenAI chat API.
[[nodiscard]] json::array function_tools(const std::vector<Tool>& tools);
[[nodiscard]] json::array function_calls(const std::vector<ToolCall>& calls);

// The arguments of an earlier call as an object (tool_arguments.h).
[[nodiscard]] json::value arguments_value(std::string_view arguments);

// Whether any message has an image.
[[nodiscard]] bool has_images(const Request& request);

// Said before images of tools' results that have no place in the results themselves.
inline constexpr std::string_view kImagesOfResults = "The images of the results above:";

// What a user or a tool says, in the parts of the dialect: the text, unless it is of blanks, which some APIs refuse, and the images.
[[nodiscard]] json::array said_parts(const Message& message, json::object (*text_part)(std::string_view),
                                     json::object (*image_part)(const Image&));

// Adds parts to the last turn where it is of this role, else as a turn of their own, whose list is called `list`; no turn for no parts.
void add_turn(json::array& turns, std::string_view role, std::string_view list, json::array parts);

// Tokens of the answer: the request's limit, else the model's, never more than the model gives.
[[nodiscard]] std::int64_t answer_limit(const Request& request, const CloudEndpoint& endpoint);

// The system prompt: all system messages in their order. Most dialects have one place for it.
[[nodiscard]] std::string system_text(const Request& request);

// The level that the model really has.
[[nodiscard]] ThinkingLevel level_of(const Request& request, const CloudEndpoint& endpoint);

// The level in the provider's word: the map's, else the level's name; empty where nothing is to be said (off, without a word for it).
[[nodiscard]] std::string level_word(const Request& request, const CloudEndpoint& endpoint);

}  // namespace hearth::chat::detail
