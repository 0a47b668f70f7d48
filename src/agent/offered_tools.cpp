#include "agent/offered_tools.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "core/text.h"

namespace hearth::agent {
namespace {

bool is_offered(std::string_view tool, const std::vector<Extension*>& extensions) {
    return std::all_of(extensions.begin(), extensions.end(),
                       [&](const Extension* extension) { return extension->offers(tool); });
}

}  // namespace

std::vector<chat::Tool> offered_tools(const ToolBox& tools, const std::vector<Extension*>& extensions) {
    std::vector<chat::Tool> out;
    for (const auto& tool : tools) {
        auto description = tool->description();
        if (is_offered(description.name, extensions)) out.push_back(std::move(description));
    }
    return out;
}

Tool* find_offered(const ToolBox& tools, const std::vector<Extension*>& extensions, std::string_view name) {
    const auto found = std::find_if(tools.begin(), tools.end(),
                                    [&](const auto& tool) { return tool->description().name == name; });
    return found == tools.end() || !is_offered(name, extensions) ? nullptr : found->get();
}

ToolResult unknown_tool(std::string_view name, const std::vector<chat::Tool>& offered) {
    std::vector<std::string> names;
    for (const auto& each : offered)
        names.push_back(each.name);
    return {fmt::format("Error: there is no tool '{}'. The tools are: {}.", name, join(names, ", ")), true};
}

Result<ToolResult> run_extended(const chat::ToolCall& call, Tool& tool,
                                const std::vector<Extension*>& extensions, std::stop_token stop,
                                const OutputSink& on_output) {
    auto changed = call;
    std::optional<ToolResult> result;
    auto asked = extensions.begin();
    for (; asked != extensions.end() && !result; ++asked)
        result = TRY((*asked)->before_tool(changed, stop));
    const auto let_pass = result ? std::prev(asked) : asked;
    if (!result) result = TRY(tool.run(changed.arguments, stop, on_output));
    for (auto each = extensions.begin(); each != let_pass; ++each)
        TRY((*each)->after_tool(changed, *result, stop));
    return *std::move(result);
}

}  // namespace hearth::agent
