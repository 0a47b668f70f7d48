#pragma once
#include <string>
#include <string_view>

namespace hearth::chat {

// Arguments of an earlier tool call as a JSON object: the text when it is one, the object in it when it was escaped once too often,
// else {"malformed": "<the text>"}. Chat templates parse them and fail the whole request for anything else. Pure.
[[nodiscard]] std::string object_arguments(std::string_view arguments);

}  // namespace hearth::chat
