#pragma once
#include <map>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/openai_responses.h"

namespace hearth::serve::detail {

// What the model sees of a tool in a namespace: "space__name".
[[nodiscard]] std::string flat_name(std::string_view space, std::string_view name);

// The tools of a request of the Responses API as those of the chat API, and what the client calls them.
class ResponsesTools {
public:
    // Functions, custom tools (functions of one text), and namespaces of both. What runs at OpenAI is left out.
    void take(const json::value& tool) { take_within(tool, {}); }

    // Leaves those that a list of tool_choice's form names.
    void keep(const json::array& allowed);

    // The name that the model sees.
    [[nodiscard]] std::string flat(std::string_view name, std::string_view space) const;

    [[nodiscard]] const json::array& list() const { return tools_; }

    std::map<std::string, ClientTool> names() && { return std::move(names_); }

private:
    void take_within(const json::value& tool, const std::string& space);

    json::array tools_;
    std::map<std::string, ClientTool> names_;
};

}  // namespace hearth::serve::detail
