#include "extend/declaration.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "agent/foreign_tool.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::size_t kMost = 128;  // of each kind
constexpr std::size_t kMaxDescription = 8 * 1024;
constexpr std::size_t kMaxParameters = std::size_t{64} * 1024;

Error wrong(std::string text) { return {Code::kInvalidInput, std::move(text)}; }

// Commands and flags follow the names of tools, and may have dots and colons.
Result<std::string> name_of(const json::value& value, std::string_view kind, std::string_view more = "") {
    const auto name = string_member(value, "name");
    if (!name) return wrong(fmt::format("a {} has no name", kind));
    if (!agent::is_tool_name(*name, more)) {
        return wrong(fmt::format("'{}' cannot be the name of a {}: at most {} letters, digits, - and _",
                                 printable(utf8_front(*name, 80)), kind, agent::kMaxToolName));
    }
    return std::string(*name);
}

std::string description_of(const json::value& value) {
    return std::string(utf8_front(string_member(value, "description").value_or(""), kMaxDescription));
}

Result<ToolDeclaration> tool_of(const json::value& value) {
    ToolDeclaration tool{.name = TRY(name_of(value, "tool")), .description = description_of(value)};
    const auto* parameters = member(value, "parameters");
    if (parameters == nullptr) {
        tool.parameters = R"({"type":"object","properties":{}})";
        return tool;
    }
    if (!parameters->is_object())
        return wrong(fmt::format("the parameters of tool '{}' are no JSON Schema", tool.name));
    tool.parameters = json::serialize(*parameters);
    if (tool.parameters.size() > kMaxParameters) {
        return wrong(fmt::format("the parameters of tool '{}' have {} bytes; {} are the most", tool.name,
                                 tool.parameters.size(), kMaxParameters));
    }
    return tool;
}

Result<CommandDeclaration> command_of(const json::value& value) {
    return CommandDeclaration{TRY(name_of(value, "command", ".:")), description_of(value)};
}

Result<FlagDeclaration> flag_of(const json::value& value) {
    return FlagDeclaration{TRY(name_of(value, "flag", ".")), description_of(value),
                           string_member(value, "type") == "string"};
}

template <typename T>
Result<std::vector<T>> list_of(const json::value& value, std::string_view name,
                               Result<T> (*read)(const json::value&)) {
    std::vector<T> out;
    const auto* found = member(value, name);
    if (found == nullptr) return out;
    if (!found->is_array()) return wrong(fmt::format("\"{}\" is no list", name));
    if (found->get_array().size() > kMost)
        return wrong(fmt::format("more than {} {} are declared", kMost, name));
    for (const auto& each : found->get_array()) {
        auto one = TRY(read(each));
        if constexpr (requires { one.name; }) {
            const auto same = [&](const T& other) { return other.name == one.name; };
            if (std::any_of(out.begin(), out.end(), same))
                return wrong(fmt::format("'{}' is declared twice in {}", one.name, name));
        }
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::string> event_of(const json::value& value) {
    if (!value.is_string() || !agent::is_tool_name(value.get_string()))
        return wrong("an event that is wanted has no name");
    return std::string(value.get_string());
}

Result<Declaration> read(const json::value& value) {
    if (!value.is_object()) return wrong("what it declares is no JSON object");
    Declaration out;
    if (string_member(value, "name")) out.name = TRY(name_of(value, "extension", ".@/ "));
    out.tools = TRY(list_of<ToolDeclaration>(value, "tools", tool_of));
    out.commands = TRY(list_of<CommandDeclaration>(value, "commands", command_of));
    out.flags = TRY(list_of<FlagDeclaration>(value, "flags", flag_of));
    out.events = TRY(list_of<std::string>(value, "events", event_of));
    out.session = bool_member(value, "session").value_or(false);
    return out;
}

template <typename T>
Status merge(std::vector<T>& all, std::vector<T> later, std::string_view kind) {
    for (auto& each : later) {
        const auto same =
            std::find_if(all.begin(), all.end(), [&](const T& old) { return old.name == each.name; });
        if (same != all.end()) {
            *same = std::move(each);
        } else if (all.size() >= kMost) {
            return wrong(fmt::format("more than {} {} are declared", kMost, kind));
        } else {
            all.push_back(std::move(each));
        }
    }
    return {};
}

}  // namespace

Result<Declaration> parse_declaration(std::string_view json) {
    const auto value = TRY(parse_json(json));
    const auto protocol = integer_member(value, "protocol");
    if (protocol != kProtocol) {
        return Error(Code::kUnsupported,
                     fmt::format("it speaks version {} of the protocol; this hearth speaks {}",
                                 protocol ? std::to_string(*protocol) : "(none)", kProtocol));
    }
    return read(value);
}

Result<Declaration> parse_registration(std::string_view json) { return read(TRY(parse_json(json))); }

Status add_registration(Declaration& declaration, Declaration later) {
    TRY(merge(declaration.tools, std::move(later.tools), "tools"));
    TRY(merge(declaration.commands, std::move(later.commands), "commands"));
    TRY(merge(declaration.flags, std::move(later.flags), "flags"));
    for (auto& each : later.events) {
        if (std::find(declaration.events.begin(), declaration.events.end(), each) != declaration.events.end())
            continue;
        if (declaration.events.size() >= kMost) return wrong("more than 128 events are wanted");
        declaration.events.push_back(std::move(each));
    }
    declaration.session = declaration.session || later.session;
    return {};
}

}  // namespace hearth::extend
