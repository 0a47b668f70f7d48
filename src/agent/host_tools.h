#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/event_json.h"
#include "agent/tool.h"
#include "chat/message.h"
#include "core/result.h"

namespace hearth::agent {

// [{"name", "description", "parameters"?}, …] as tools; without parameters one takes none. Errors: kInvalidInput with what is wrong: a name that is
// not of 1 to 64 letters, digits, '_' and '-', one that comes twice, parameters that are no schema of an object, more than 64 tools. Pure.
[[nodiscard]] Result<std::vector<chat::Tool>> parse_host_tools(std::string_view json);

// Tools of the program that drives a session by the protocol. A call is a record to it, and waits for its answer:
//     {"type":"host_tool_call","callId","name","arguments":{…}}
//     {"type":"host_tool_cancel","callId"}      nobody waits for that answer any more
// Threads: any, but for update(), which needs that no run goes on but the one that is about to begin.
class HostTools {
public:
    using Wrap = std::function<std::unique_ptr<Tool>(std::unique_ptr<Tool>)>;

    // `box` outlives it and gets the tools, each through `wrap`. None of them is called when this object has ended.
    HostTools(ToolBox& box, Wrap wrap);

    // Where records go; to be set before the first run.
    void attach(LineSink out) { out_ = std::move(out); }

    // They are offered from the next run on. One that was declared before is replaced. Errors: kConflict for the name of a tool that the box had.
    [[nodiscard]] Status declare(std::vector<chat::Tool> tools);

    // What the program answered to a call. Nobody may wait for it any more.
    void answer(std::string_view call_id, ToolResult result);

    // Brings the box up to date.
    void update();

private:
    class HostTool;
    struct Declared;

    Result<ToolResult> call(const std::string& name, std::string_view arguments, std::stop_token stop);

    ToolBox& box_;
    Wrap wrap_;
    std::vector<std::string> taken_;  // names of tools that the box had
    LineSink out_;
    std::mutex mutex_;  // guards what follows, and what is declared
    std::condition_variable_any answered_;
    std::map<std::string, std::shared_ptr<Declared>, std::less<>>
        declared_;                                                         // shared with the tools in the box
    std::map<std::string, std::optional<ToolResult>, std::less<>> calls_;  // that somebody waits for
};

}  // namespace hearth::agent
