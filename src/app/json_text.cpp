#include "app/json_text.h"

#include <boost/json.hpp>

namespace hearth::app {
namespace {

void write(const json::value& value, const std::string& indent, std::string& out) {
    const std::string deeper = indent + "  ";
    if (value.is_object() && !value.get_object().empty()) {
        const char* between = "{\n";
        for (const auto& member : value.get_object()) {
            out += between + deeper + json::serialize(json::value(member.key())) + ": ";
            write(member.value(), deeper, out);
            between = ",\n";
        }
        out += "\n" + indent + "}";
    } else if (value.is_array() && !value.get_array().empty()) {
        const char* between = "[\n";
        for (const json::value& element : value.get_array()) {
            out += between + deeper;
            write(element, deeper, out);
            between = ",\n";
        }
        out += "\n" + indent + "]";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string pretty_json(const json::value& value) {
    std::string out;
    write(value, "", out);
    return out + "\n";
}

}  // namespace hearth::app
