#include "agent/rpc_command.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::agent {
namespace {

std::optional<std::string> text(const json::value& value, std::string_view name) {
    const auto found = string_member(value, name);
    if (!found) return std::nullopt;
    return std::string(*found);
}

Result<std::vector<chat::Image>> images_of(const json::array& list) {
    std::vector<chat::Image> images;
    for (std::size_t i = 0; i < list.size(); ++i)
        images.push_back(TRY(chat::parse_image(string_member(list[i], "data").value_or(""))
                                 .context(fmt::format("images[{}]", i))));
    TRY(chat::check_images(images));
    return images;
}

// {"id":…,"type":"response","command":…
std::string answer_head(const RpcCommand& command) {
    std::string out = "{";
    if (command.id) out += fmt::format(R"("id":{},)", json_quote(*command.id));
    out += R"("type":"response")";
    if (!command.type_json.empty()) out += fmt::format(R"(,"command":{})", command.type_json);
    return out;
}

}  // namespace

Result<RpcCommand> parse_rpc_command(std::string_view line) {
    const auto value = TRY(parse_json(line, {.max_bytes = std::size_t{64} << 20U}));
    RpcCommand command;
    if (!value.is_object()) return command;
    command.id = text(value, "id");
    if (const auto* type = member(value, "type")) command.type_json = json::serialize(*type);
    command.type = text(value, "type").value_or("");
    command.message = text(value, "message");
    if (const auto* list = array_member(value, "images")) {
        if (auto images = images_of(*list)) {
            command.images = *std::move(images);
        } else {
            command.images_fault = images.error().message();
        }
    }
    command.streaming_behavior = text(value, "streamingBehavior");
    command.provider = text(value, "provider");
    command.model_id = text(value, "modelId");
    command.level = text(value, "level");
    command.mode = text(value, "mode");
    command.enabled = bool_member(value, "enabled");
    command.custom_instructions = text(value, "customInstructions");
    command.command = text(value, "command");
    command.exclude_from_context = bool_member(value, "excludeFromContext").value_or(false);
    command.parent_session = text(value, "parentSession");
    command.session_path = text(value, "sessionPath");
    command.output_path = text(value, "outputPath");
    command.entry_id = text(value, "entryId");
    command.since = text(value, "since");
    command.name = text(value, "name");
    command.label = text(value, "label");
    command.from = integer_member(value, "from");
    command.to = integer_member(value, "to");
    command.force = bool_member(value, "force");
    command.look_only = bool_member(value, "lookOnly");
    command.summarize = bool_member(value, "summarize");
    command.restore_files = bool_member(value, "restoreFiles");
    command.path = text(value, "path");
    if (const auto* tools = member(value, "tools")) command.tools = json::serialize(*tools);
    command.call_id = text(value, "callId");
    command.text = text(value, "text");
    command.is_error = bool_member(value, "isError").value_or(false);
    command.value = text(value, "value");
    command.confirmed = bool_member(value, "confirmed");
    command.cancelled = bool_member(value, "cancelled").value_or(false);
    return command;
}

std::string rpc_success(const RpcCommand& command, std::string_view data) {
    return fmt::format(R"({},"success":true{}{}}})", answer_head(command), data.empty() ? "" : R"(,"data":)",
                       data);
}

std::string rpc_failure(const RpcCommand& command, std::string_view error) {
    return fmt::format(R"({},"success":false,"error":{}}})", answer_head(command), json_quote(error));
}

Error lacks(const RpcCommand& command, std::string_view member) {
    return {Code::kInvalidInput, fmt::format("{} needs \"{}\"", command.type, member)};
}

std::string rpc_parse_failure(std::string_view reason) {
    return fmt::format(R"({{"type":"response","command":"parse","success":false,"error":{}}})",
                       json_quote(fmt::format("Failed to parse command: {}", reason)));
}

}  // namespace hearth::agent
