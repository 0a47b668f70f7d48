#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/entry.h"
#include "agent/rpc_command.h"
#include "core/result.h"
#include "tui/picker.h"
#include "tui/theme.h"

namespace hearth::tui {

// What the footer says beside the counts.
struct DeskFacts {
    std::string folder;
    std::string branch;  // of version control; empty for none
    std::string name;    // of the session; empty for none
    std::string model;
    std::int64_t window = 0;  // tokens; 0 when it is not known
};

// What came of something that was said about a plan.
struct PlanReply {
    std::string note;     // for the person; may be empty
    std::string prompt;   // that begins the work that follows; empty for none
    bool redraw = false;  // another program had the terminal
};

// What a plan needs of the person now.
struct PlanNews {
    std::string failure;  // why no plan was made; empty for none
    bool waits = false;   // for a signature
    std::string
        deviation;  // a file that the agent wanted to change and the signed plan does not name; empty for none
};

// What the view asks of the program around it. Threads: called by the view's thread.
class Desk {
public:
    Desk() = default;
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;
    virtual ~Desk() = default;

    // A command of the protocol (agent/rpc.h); its answer comes to SessionView::answer().
    virtual void send(const agent::RpcCommand& command) = 0;

    virtual DeskFacts facts() = 0;
    virtual Result<std::vector<Choice>> sessions() = 0;  // values are files
    virtual Result<std::vector<Choice>> models() = 0;    // values are "PROVIDER/ID"
    virtual std::vector<Choice> files() = 0;             // of the workspace
    virtual std::vector<Choice> commands() = 0;  // of extensions; values are "/NAME", labels the names
    virtual bool running() = 0;                  // a run goes on
    virtual Result<Theme> theme(const std::string& name) = 0;  // Errors say which there are
    virtual void look(const std::function<void(const std::vector<agent::Entry>& entries,
                                               const std::string& leaf)>& look) = 0;

    // "/plan WORDS" (PlanMode in scaffold): a task; "sign", "edit", "drop", "allow FILE"; empty: how it stands.
    virtual Result<PlanReply> plan(const std::string& words) = 0;
    // Each piece of news is told once.
    virtual PlanNews plan_news() = 0;

    // Another program has the terminal meanwhile.
    virtual Result<std::string> edit(const std::string& text) = 0;
    virtual void suspend() = 0;

    // Into the clipboard of whoever sits at the terminal.
    virtual void copy(const std::string& text) = 0;
};

}  // namespace hearth::tui
