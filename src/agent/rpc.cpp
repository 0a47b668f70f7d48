#include "agent/rpc.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <variant>

#include "agent/detail/rpc_state.h"
#include "agent/session_report.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

Result<QueueMode> queue_mode(const RpcCommand& command) {
    if (command.mode == "all") return QueueMode::kAll;
    if (command.mode == "one-at-a-time") return QueueMode::kOneAtATime;
    return Error(Code::kInvalidInput,
                 fmt::format("{} needs \"mode\": \"all\" or \"one-at-a-time\"", command.type));
}

const char* mode_name(QueueMode mode) { return mode == QueueMode::kAll ? "all" : "one-at-a-time"; }

}  // namespace

RpcServer::RpcServer(RpcParts parts, Session session, ModelInfo model)
    : state_(std::make_unique<State>(std::move(parts), std::move(session), std::move(model))) {}

RpcServer::~RpcServer() = default;

void RpcServer::take(std::string_view line, bool too_long) { state_->take(line, too_long); }

void RpcServer::take(const RpcCommand& command) { state_->take(command); }

void RpcServer::look(
    const std::function<void(const Session&, const std::vector<Entry>&, const std::string&)>& look) const {
    state_->look_at(look);
}

std::string RpcServer::session_id() const {
    std::string id;
    look([&](const Session& session, const auto& /*entries*/, const auto& /*leaf*/) {
        id = session.header().id;
    });
    return id;
}

ModelInfo RpcServer::model() const { return state_->model(); }

chat::ThinkingLevel RpcServer::thinking() const { return state_->thinking(); }

Result<std::string> RpcServer::append_entry(std::string_view type, std::string_view fields) {
    return state_->append_entry(type, fields);
}

Result<std::string> RpcServer::append_state(std::string_view custom_type, std::string_view data) {
    return state_->append_state(custom_type, data);
}

void RpcServer::tell(std::string_view line) { state_->send(line); }

bool RpcServer::busy() const { return state_->busy(); }

void RpcServer::finish() { state_->finish(); }

void RpcServer::wait_until_idle() { state_->wait_until_idle(); }

RpcServer::State::State(RpcParts parts, Session session, ModelInfo model)
    : parts_(std::move(parts)),
      writer_([this](std::string_view line) { parts_.out(line); }),
      session_(std::make_unique<Session>(std::move(session))),
      model_(std::move(model)),
      thinking_(chat::clamp_thinking(parts_.thinking, model_.thinking)) {
    if (parts_.host_tools != nullptr)
        parts_.host_tools->attach([this](std::string_view line) { send(line); });
    queue_.set_steering_mode(parts_.defaults.steering);
    queue_.set_follow_up_mode(parts_.defaults.follow_ups);
    settings_.auto_compaction = parts_.defaults.auto_compaction;
    settings_.auto_retry = parts_.defaults.auto_retry;
    if (const auto noted = note_model(*session_, model_.provider, model_.id, thinking_); !noted)
        warn(noted.error());
    recover_files();
}

RpcServer::State::~State() { finish(); }

RpcServer::State::Handler RpcServer::State::handler_of(std::string_view type) {
    struct Row {
        std::string_view type;
        Handler handler;
    };

    static constexpr auto kRows = std::to_array<Row>({
        {"prompt", &State::prompt},
        {"steer", &State::steer},
        {"follow_up", &State::follow_up},
        {"abort", &State::abort},
        {"clear_queue", &State::clear_queue},
        {"compact", &State::compact},
        {"abort_retry", &State::abort_retry},
        {"bash", &State::bash},
        {"abort_bash", &State::abort_bash},
        {"new_session", &State::new_session},
        {"switch_session", &State::switch_session},
        {"fork", &State::fork},
        {"clone", &State::clone},
        {"set_session_name", &State::set_session_name},
        {"export_html", &State::export_html},
        {"undo", &State::undo},
        {"redo", &State::redo},
        {"restore_files", &State::restore_files},
        {"get_turns", &State::get_turns},
        {"diff", &State::diff},
        {"set_label", &State::set_label},
        {"navigate_tree", &State::navigate_tree},
        {"get_state", &State::get_state},
        {"get_messages", &State::get_messages},
        {"get_entries", &State::get_entries},
        {"get_tree", &State::get_tree},
        {"get_fork_messages", &State::get_fork_messages},
        {"get_last_assistant_text", &State::get_last_assistant_text},
        {"get_session_stats", &State::get_session_stats},
        {"get_commands", &State::get_commands},
        {"register_tools", &State::register_tools},
        {"get_available_models", &State::get_available_models},
        {"set_model", &State::set_model},
        {"cycle_model", &State::cycle_model},
        {"set_thinking_level", &State::set_thinking_level},
        {"cycle_thinking_level", &State::cycle_thinking_level},
        {"get_available_thinking_levels", &State::get_available_thinking_levels},
        {"set_steering_mode", &State::set_steering_mode},
        {"set_follow_up_mode", &State::set_follow_up_mode},
        {"set_auto_compaction", &State::set_auto_compaction},
        {"set_auto_retry", &State::set_auto_retry},
    });
    const auto row =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& each) { return each.type == type; });
    return row == kRows.end() ? nullptr : row->handler;
}

void RpcServer::State::take(std::string_view line, bool too_long) {
    if (too_long) return send(rpc_parse_failure("the line is longer than 64 MiB"));
    const auto command = parse_rpc_command(line);
    if (!command) return send(rpc_parse_failure(command.error().message()));
    take(*command);
}

void RpcServer::State::take(const RpcCommand& command) {
    if (command.type == "extension_ui_response") {
        if (parts_.ui_response) parts_.ui_response(command);
        return;
    }
    if (command.type == "host_tool_result") {
        if (parts_.host_tools != nullptr)
            parts_.host_tools->answer(command.call_id.value_or(""),
                                      {command.text.value_or(""), command.is_error});
        return;
    }
    const auto handler = handler_of(command.type);
    if (handler == nullptr && parts_.more_commands && !command.type.empty()) {
        const auto more = parts_.more_commands(command);
        if (!more) return answer(command, rpc_failure(command, more.error().message()));
        if (*more) return answer(command, rpc_success(command, **more));
    }
    if (handler == nullptr) {
        const auto name = command.type_json.empty() ? "undefined"
                          : command.type.empty()    ? command.type_json
                                                    : command.type;
        return answer(command, rpc_failure(command, fmt::format("Unknown command: {}", name)));
    }
    const auto given = (this->*handler)(command);
    if (!given) return answer(command, rpc_failure(command, given.error().message()));
    if (*given) answer(command, rpc_success(command, **given));
}

void RpcServer::State::answer(const RpcCommand& command, std::string_view line) {
    if (command.reply) return command.reply(line);
    send(line);
}

void RpcServer::State::send(std::string_view line) {
    const std::scoped_lock lock(out_mutex_);
    parts_.out(line);
}

void RpcServer::State::record(const RunEvent& event) {
    const std::scoped_lock lock(out_mutex_);
    if (parts_.add_ons != nullptr) parts_.add_ons->event(event);
    if (parts_.records) {
        parts_.records(event);
    } else {
        writer_.write(event);
    }
}

void RpcServer::State::warn(const Error& error) const {
    if (parts_.warn) parts_.warn(error.message());
}

bool RpcServer::State::busy() const {
    const std::scoped_lock lock(run_mutex_);
    return busy_;
}

void RpcServer::State::look(const std::function<void(const std::vector<Entry>&, const std::string&,
                                                     const std::vector<const Entry*>&)>& look) const {
    session_->look([&](const std::vector<Entry>& entries, const std::string& leaf) {
        look(entries, leaf, branch_path(entries, leaf));
    });
}

void RpcServer::State::look_at(
    const std::function<void(const Session&, const std::vector<Entry>&, const std::string&)>& look) const {
    const std::scoped_lock lock(session_mutex_);
    session_->look(
        [&](const std::vector<Entry>& entries, const std::string& leaf) { look(*session_, entries, leaf); });
}

Result<std::string> RpcServer::State::append_entry(std::string_view type, std::string_view fields) {
    const std::scoped_lock lock(session_mutex_);
    return session_->append_entry(type, fields);
}

Result<std::string> RpcServer::State::append_state(std::string_view custom_type, std::string_view data) {
    const std::scoped_lock lock(session_mutex_);
    return session_->append_custom(custom_type, data);
}

RpcServer::State::Answer RpcServer::State::get_state(const RpcCommand& /*command*/) {
    std::size_t messages = 0;
    std::optional<std::string> name;
    look([&](const auto& /*entries*/, const auto& /*leaf*/, const auto& path) {
        messages = told_messages(path).size();
        name = branch_facts(path).name;
    });
    const auto queued = queue_.content();
    bool streaming = false;
    bool compacting = false;
    {
        const std::scoped_lock lock(run_mutex_);
        streaming = busy_ && !compacting_;
        compacting = compacting_;
    }
    auto out = fmt::format(
        R"({{"model":{},"thinkingLevel":"{}","isStreaming":{},"isCompacting":{},"steeringMode":"{}","followUpMode":"{}")",
        model_json(model_), chat::thinking_level_name(thinking_), streaming, compacting,
        mode_name(queue_.steering_mode()), mode_name(queue_.follow_up_mode()));
    if (!session_->file().empty())
        out += fmt::format(R"(,"sessionFile":{})", json_quote(session_->file().string()));
    out += fmt::format(R"(,"sessionId":{})", json_quote(session_->header().id));
    if (name) out += fmt::format(R"(,"sessionName":{})", json_quote(*name));
    return std::optional(
        out + fmt::format(R"(,"autoCompactionEnabled":{},"messageCount":{},"pendingMessageCount":{}}})",
                          settings_.auto_compaction.load(), messages,
                          queued.steering.size() + queued.follow_ups.size()));
}

RpcServer::State::Answer RpcServer::State::get_messages(const RpcCommand& /*command*/) {
    std::string out;
    look([&](const auto& /*entries*/, const auto& /*leaf*/, const auto& path) {
        out = fmt::format(R"({{"messages":[{}]}})", join(told_messages(path), ","));
    });
    return std::optional(out);
}

RpcServer::State::Answer RpcServer::State::get_entries(const RpcCommand& command) {
    Result<std::string> out = std::string();
    look([&](const auto& entries, const auto& leaf, const auto& /*path*/) {
        out = entries_json(entries, leaf, command.since);
    });
    return std::optional(TRY(std::move(out)));
}

RpcServer::State::Answer RpcServer::State::get_tree(const RpcCommand& /*command*/) {
    std::string out;
    look(
        [&](const auto& entries, const auto& leaf, const auto& /*path*/) { out = tree_json(entries, leaf); });
    return std::optional(out);
}

RpcServer::State::Answer RpcServer::State::get_fork_messages(const RpcCommand& /*command*/) {
    std::string out;
    look([&](const auto& /*entries*/, const auto& /*leaf*/, const auto& path) {
        out = fork_points_json(path);
    });
    return std::optional(out);
}

RpcServer::State::Answer RpcServer::State::get_last_assistant_text(const RpcCommand& /*command*/) {
    std::optional<std::string> text;
    look([&](const auto& /*entries*/, const auto& /*leaf*/, const auto& path) {
        text = last_answer_text(path);
    });
    return std::optional(text ? fmt::format(R"({{"text":{}}})", json_quote(*text)) : std::string("{}"));
}

RpcServer::State::Answer RpcServer::State::get_session_stats(const RpcCommand& /*command*/) {
    std::string out;
    look([&](const auto& entries, const auto& /*leaf*/, const auto& path) {
        out = stats_json(entries, path,
                         {.file = session_->file().string(),
                          .id = session_->header().id,
                          .context = estimated_tokens(path, 0),
                          .context_known = !just_compacted(path),
                          .window = model_.context_window});
    });
    return std::optional(out);
}

RpcServer::State::Answer RpcServer::State::get_commands(const RpcCommand& /*command*/) {
    std::vector<std::string> all;
    if (parts_.add_ons != nullptr) all = parts_.add_ons->commands();
    if (parts_.texts != nullptr) {
        for (auto& each : parts_.texts->commands())
            all.push_back(std::move(each));
    }
    return std::optional(fmt::format(R"({{"commands":[{}]}})", join(all, ",")));
}

RpcServer::State::Answer RpcServer::State::register_tools(const RpcCommand& command) {
    if (parts_.host_tools == nullptr)
        return Error(Code::kUnsupported, "this session takes no tools of its client");
    if (!command.tools) return lacks(command, "tools");
    auto tools = TRY(parse_host_tools(*command.tools));
    std::vector<std::string> names;
    for (const auto& each : tools)
        names.push_back(json_quote(each.name));
    TRY(parts_.host_tools->declare(std::move(tools)));
    return std::optional(fmt::format(R"({{"tools":[{}]}})", join(names, ",")));
}

RpcServer::State::Answer RpcServer::State::set_steering_mode(const RpcCommand& command) {
    queue_.set_steering_mode(TRY(queue_mode(command)));
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::set_follow_up_mode(const RpcCommand& command) {
    queue_.set_follow_up_mode(TRY(queue_mode(command)));
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::set_auto_compaction(const RpcCommand& command) {
    if (!command.enabled) return lacks(command, "enabled");
    settings_.auto_compaction = *command.enabled;
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::set_auto_retry(const RpcCommand& command) {
    if (!command.enabled) return lacks(command, "enabled");
    settings_.auto_retry = *command.enabled;
    return std::optional<std::string>("");
}

}  // namespace hearth::agent
