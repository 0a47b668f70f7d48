#include "extend/tool_set.h"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <utility>

#include <boost/json.hpp>

#include "agent/foreign_tool.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "extend/content.h"

namespace hearth::extend {
namespace {

constexpr std::chrono::minutes kTool(10);  // without a sign of life

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

class RemoteTool final : public agent::Tool {
public:
    RemoteTool(Remote& remote, ToolDeclaration declaration)
        : remote_(remote), declaration_(std::move(declaration)) {}

    [[nodiscard]] chat::Tool description() const override {
        return {declaration_.name, declaration_.description, declaration_.parameters};
    }

    [[nodiscard]] std::string subject(std::string_view arguments) const override {
        return agent::subject_of_call(arguments);
    }

    Result<agent::ToolResult> run(std::string_view arguments, std::stop_token stop,
                                  const agent::OutputSink& on_output) override {
        const auto parsed = parse_json(arguments);
        if (!parsed || !parsed->is_object())
            return agent::ToolResult{
                fmt::format("Error: {} needs its arguments as a JSON object.", declaration_.name), true};
        const auto fields =
            fmt::format(R"("name":{},"toolCallId":{},"arguments":{})", json_quote(declaration_.name),
                        json_quote("call_" + random_hex(8)), json::serialize(*parsed));
        const Patience patience{.limit = kTool, .on_progress = [&](std::string_view params) {
                                    const auto value = parse_json(params);
                                    if (value && on_output) on_output(content_text(*value));
                                }};
        const auto answer = remote_.ask("tool", fields, patience, stop);
        if (!answer) {
            if (answer.error().code() == Code::kCancelled)
                return agent::ToolResult{"Error: the call was stopped.", true};
            return agent::ToolResult{"Error: " + answer.error().message(), true};
        }
        return tool_result(*answer);
    }

private:
    Remote& remote_;
    ToolDeclaration declaration_;
};

}  // namespace

std::unique_ptr<agent::Tool> remote_tool(Remote& remote, ToolDeclaration declaration) {
    return std::make_unique<RemoteTool>(remote, std::move(declaration));
}

void ToolSet::update(const std::vector<Remote*>& remotes,
                     const std::optional<std::vector<std::string>>& active) {
    agent::ToolBox own;
    for (auto* box : {&box_, &parked_}) {
        for (auto& tool : *box) {
            if (box == &parked_ || !has(remote_, tool->description().name)) own.push_back(std::move(tool));
        }
        box->clear();
    }
    idle_.clear();
    remote_.clear();
    agent::ToolBox added;
    for (auto* remote : remotes) {
        for (auto& each : remote->declaration().tools) {
            // The first one of a name has it.
            if (has(remote_, each.name)) continue;
            remote_.push_back(each.name);
            added.push_back(wrap_(remote_tool(*remote, std::move(each))));
        }
    }
    const auto wanted = [&](const std::string& name, bool of_extension) {
        return (!active || has(*active, name)) && (!pick_ || pick_(name, of_extension));
    };
    for (auto& tool : own) {
        const auto name = tool->description().name;
        (has(remote_, name) || !wanted(name, false) ? parked_ : box_).push_back(std::move(tool));
    }
    for (auto& tool : added)
        (wanted(tool->description().name, true) ? box_ : idle_).push_back(std::move(tool));
}

agent::Tool* ToolSet::own(std::string_view name) const {
    for (const auto* box : std::initializer_list<const agent::ToolBox*>{&parked_, &box_}) {
        for (const auto& tool : *box) {
            const auto called = tool->description().name;
            if (called == name && (box == &parked_ || !has(remote_, called))) return tool.get();
        }
    }
    return nullptr;
}

std::string ToolSet::json() const {
    std::vector<std::string> out;
    for (const auto* box : std::initializer_list<const agent::ToolBox*>{&box_, &parked_, &idle_}) {
        for (const auto& tool : *box) {
            const auto description = tool->description();
            if (box == &parked_ && has(remote_, description.name)) continue;  // another is called so
            out.push_back(fmt::format(R"({{"name":{},"description":{},"parameters":{},"active":{}}})",
                                      json_quote(description.name), json_quote(description.description),
                                      description.parameters, box == &box_));
        }
    }
    return "[" + join(out, ",") + "]";
}

}  // namespace hearth::extend
