#pragma once
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "agent/add_ons.h"
#include "agent/event_json.h"
#include "core/result.h"
#include "extend/hooks.h"
#include "extend/remote.h"
#include "extend/requests.h"
#include "extend/session_door.h"
#include "extend/tool_set.h"
#include "extend/ui.h"

namespace hearth::extend {

// What all extensions of a session are told at its beginning.
struct HostFacts {
    std::string version;  // of hearth
    std::string mode;     // "tui", "rpc", "json", "print"
    std::filesystem::path workspace;
    bool trusted = false;  // what the project's folder has may be used
    std::vector<std::pair<std::string, std::string>>
        flags;                   // that a person gave, with their texts ("" for a bare one)
    std::filesystem::path logs;  // folder for what they write to standard error
};

// The extensions of one session, each in a process of its own.
// One that fails is reported and left out; nothing that it does ends the session.
// Threads: as agent::AddOns; start(), begin() and the destructor belong to one owner.
class Host final : public agent::AddOns {
public:
    using Report = std::function<void(const Failure&)>;

    // `ui`, `door` and `tools` outlive it. `wrap` and `pick`: as ToolSet. Those that cannot be started are reported.
    // Errors: kInvalidInput for a flag that none of them has.
    static Result<std::unique_ptr<Host>> start(std::vector<Source> sources, HostFacts facts, Ui& ui,
                                               SessionDoor& door, agent::ToolBox& tools, ToolSet::Wrap wrap,
                                               Report report, ToolSet::Pick pick = {});

    ~Host() override;

    // The session can be reached from now on: they are told that it starts.
    void begin(std::string_view reason);

    // Extensions that run now.
    [[nodiscard]] std::vector<const Remote*> running() const;

    std::vector<agent::Extension*> extensions() override { return {&hooks_}; }

    void event(const agent::RunEvent& event) override;
    void before_run(std::stop_token stop) override;
    std::optional<std::string> said(std::string text, std::stop_token stop) override;
    [[nodiscard]] bool is_command(std::string_view text) const override;
    Status run_command(std::string_view text, std::stop_token stop) override;
    [[nodiscard]] std::vector<std::string> commands() const override;
    void session_changed(agent::SessionChange change) override;

private:
    Host(HostFacts facts, Ui& ui, SessionDoor& door, agent::ToolBox& tools, ToolSet::Wrap wrap,
         ToolSet::Pick pick, Report report);

    void load(std::vector<Source> sources);
    Status check_flags() const;
    [[nodiscard]] std::string initialize_params() const;
    void failed(const Remote& remote, std::string_view event, const Error& error) const;
    void record(std::string_view line);
    void work(const std::stop_token& stop);
    [[nodiscard]] Remote* with_command(std::string_view name) const;

    HostFacts facts_;
    Ui& ui_;
    SessionDoor& door_;
    Report report_;
    std::vector<std::unique_ptr<Remote>> remotes_;
    Hooks hooks_;
    ToolSet tools_;
    std::mutex tools_mutex_;  // guards tools_
    std::string told_tools_;  // by the last run
    Requests requests_;
    agent::EventWriter writer_;
    std::mutex work_mutex_;  // guards what follows
    std::condition_variable_any work_changed_;
    std::deque<std::string> starts_;  // reasons of sessions that they are still to be told of
    bool working_ = false;
    std::jthread worker_;  // joined first of all
};

}  // namespace hearth::extend
