#include "chat/tool_arguments.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {

std::string object_arguments(std::string_view arguments) {
    const auto text = to_valid_utf8(trim(arguments));
    if (text.empty()) return "{}";
    if (const auto value = parse_json(text)) {
        if (value->is_object()) return text;
        if (value->is_string()) {
            const std::string_view inner = value->get_string();
            const auto unescaped = parse_json(inner);
            if (unescaped && unescaped->is_object()) return std::string(inner);
        }
    }
    return json::serialize(json::object{{"malformed", text}});
}

}  // namespace hearth::chat
