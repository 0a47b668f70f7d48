#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/driver.h"
#include "agent/rpc.h"
#include "agent/rpc_command.h"
#include "os/jobs.h"

namespace hearth::agent {

// What stands behind RpcServer. Commands are handled on the owner's thread: queries in rpc.cpp, models in rpc_models.cpp, runs in rpc_runs.cpp,
// sessions in rpc_sessions.cpp, files and the tree in rpc_files.cpp.
class RpcServer::State {
public:
    State(RpcParts parts, Session session, ModelInfo model);
    ~State();

    void take(std::string_view line, bool too_long);
    void take(const RpcCommand& command);
    void look_at(const std::function<void(const Session& session, const std::vector<Entry>& entries,
                                          const std::string& leaf)>& look) const;
    Result<std::string> append_entry(std::string_view type, std::string_view fields);
    Result<std::string> append_state(std::string_view custom_type, std::string_view data);
    void send(std::string_view line);
    [[nodiscard]] bool busy() const;

    [[nodiscard]] ModelInfo model() const {
        const std::scoped_lock lock(session_mutex_);
        return model_;
    }

    [[nodiscard]] chat::ThinkingLevel thinking() const {
        const std::scoped_lock lock(session_mutex_);
        return thinking_;
    }

    void finish();
    void wait_until_idle();

private:
    // The data of an answer (JSON, empty for none); nothing when it is given later.
    using Answer = Result<std::optional<std::string>>;
    using Handler = Answer (State::*)(const RpcCommand&);

    static Handler handler_of(std::string_view type);

    Answer prompt(const RpcCommand& command);
    Answer steer(const RpcCommand& command);
    Answer follow_up(const RpcCommand& command);
    Answer abort(const RpcCommand& command);
    Answer clear_queue(const RpcCommand& command);
    Answer compact(const RpcCommand& command);
    Answer abort_retry(const RpcCommand& command);
    Answer bash(const RpcCommand& command);
    Answer abort_bash(const RpcCommand& command);

    Answer new_session(const RpcCommand& command);
    Answer switch_session(const RpcCommand& command);
    Answer fork(const RpcCommand& command);
    Answer clone(const RpcCommand& command);
    Answer set_session_name(const RpcCommand& command);
    Answer export_html(const RpcCommand& command);

    Answer undo(const RpcCommand& command);
    Answer redo(const RpcCommand& command);
    Answer restore_files(const RpcCommand& command);
    Answer get_turns(const RpcCommand& command);
    Answer diff(const RpcCommand& command);
    Answer set_label(const RpcCommand& command);
    Answer navigate_tree(const RpcCommand& command);

    Answer get_state(const RpcCommand& command);
    Answer get_messages(const RpcCommand& command);
    Answer get_entries(const RpcCommand& command);
    Answer get_tree(const RpcCommand& command);
    Answer get_fork_messages(const RpcCommand& command);
    Answer get_last_assistant_text(const RpcCommand& command);
    Answer get_session_stats(const RpcCommand& command);
    Answer get_commands(const RpcCommand& command);
    Answer register_tools(const RpcCommand& command);
    Answer get_available_models(const RpcCommand& command);
    Answer set_model(const RpcCommand& command);
    Answer cycle_model(const RpcCommand& command);
    Answer set_thinking_level(const RpcCommand& command);
    Answer cycle_thinking_level(const RpcCommand& command);
    Answer get_available_thinking_levels(const RpcCommand& command);
    Answer set_steering_mode(const RpcCommand& command);
    Answer set_follow_up_mode(const RpcCommand& command);
    Answer set_auto_compaction(const RpcCommand& command);
    Answer set_auto_retry(const RpcCommand& command);

    // A thread for one run; `work` gets the driver and its stop tokens.
    using Work = std::function<void(Driver& driver, std::stop_token stop, std::stop_token retry_stop)>;
    Status start_run(bool compacting, Work work);
    void run_ended();
    void stop_run();
    void run_bash(const RpcCommand& command, std::stop_token stop);
    void run_extension_command(const RpcCommand& command, std::stop_token stop);
    [[nodiscard]] bool is_extension_command(const RpcCommand& command) const;
    std::optional<std::string> heard(const RpcCommand& command, const std::stop_token& stop);
    [[nodiscard]] std::string expanded(std::string text) const;
    void keep_bash(std::string message);
    Result<ModelInfo> use_model(const ModelInfo& model);
    Status use_thinking(chat::ThinkingLevel wished);
    Status put_session(Session session, SessionChange change);
    Result<FileHistory*> idle_files() const;
    Result<std::string> navigate(const RpcCommand& command, Driver* driver, const std::stop_token& stop);
    void recover_files() const;

    void answer(const RpcCommand& command, std::string_view line);
    void record(const RunEvent& event);
    void tell_queue();
    void warn(const Error& error) const;
    [[nodiscard]] std::vector<Entry> path_copy() const;
    [[nodiscard]] std::vector<Entry> entries_copy() const;
    void look(const std::function<void(const std::vector<Entry>&, const std::string& leaf,
                                       const std::vector<const Entry*>& path)>& look) const;

    RpcParts parts_;
    std::mutex out_mutex_;  // guards writer_ and the order of lines
    EventWriter writer_;
    // Guards which session and model are used against those who look at them from other threads; the owner changes them and reads them
    // without.
    mutable std::mutex session_mutex_;
    std::unique_ptr<Session> session_;
    ModelInfo model_;
    chat::ThinkingLevel thinking_;  // as the model has it
    chat::ThinkingLevel wished_thinking_ = thinking_;
    MessageQueue queue_;
    DriverSettings settings_;
    mutable std::mutex run_mutex_;  // guards what follows, but for the threads themselves
    bool busy_ = false;
    bool compacting_ = false;
    std::stop_source run_stop_;
    std::stop_source retry_stop_;
    std::vector<RpcCommand> aborts_;      // that are answered when the run has ended
    std::vector<std::string> kept_bash_;  // messages of commands that ended while the run went on
    std::optional<RunEvent> settled_;     // of the run, which alone sees it
    std::jthread run_;
    os::Jobs jobs_;  // commands of a person and of extensions
};

}  // namespace hearth::agent
