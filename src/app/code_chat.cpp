#include "app/code_chat.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

#include "agent/driver.h"
#include "agent/event_json.h"
#include "agent/file_history.h"
#include "agent/rpc.h"
#include "agent/rpc_line.h"
#include "agent/search_tool.h"
#include "agent/session_store.h"
#include "agent/text_call_repair.h"
#include "app/code_audit.h"
#include "app/code_egress.h"
#include "app/code_keepers.h"
#include "app/code_rules.h"
#include "app/code_terminal.h"
#include "app/code_themes.h"
#include "app/code_workspace.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/stop_event.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNotes = 6000;  // bytes of AGENTS.md, some 2,000 tokens

// Lines to standard output. When nobody reads it any more, the run is ended.
class LineOutput {
public:
    void write(std::string_view line) {
        if (failed_.stop_requested()) return;
        text_.assign(line);
        text_ += '\n';
        if (!os::write_all(STDOUT_FILENO, text_, "standard output")) failed_.request_stop();
    }

    [[nodiscard]] std::stop_token failed() const { return failed_.get_token(); }

private:
    std::string text_;
    std::stop_source failed_;
};

// An option that may name a file.
std::string text_or_file(const std::string& given) {
    std::error_code error;
    if (!fs::is_regular_file(given, error)) return given;
    return os::read_file(given).value_or(given);
}

// The notes that a project has for agents stand in the prompt.
std::string system_prompt(const sandbox::WorkspaceFiles& files, const ChatRequest& request) {
    auto system = request.system.empty() ? std::string(tools_system_prompt()) : text_or_file(request.system);
    if (!request.append_system.empty()) system += "\n\n" + text_or_file(request.append_system);
    for (const auto* name : {"AGENTS.override.md", "AGENTS.md", "AGENTS.MD", "CLAUDE.md", "CLAUDE.MD"}) {
        const auto notes = files.read(name);
        if (!notes) continue;
        return system + fmt::format("\n\nNotes of this project for you ({}):\n{}", name,
                                    head_and_tail(to_valid_utf8(*notes), kMaxNotes, 0));
    }
    return system;
}

class Chat {
public:
    Chat(const os::Paths& paths, const ChatRequest& request)
        : request_(request),
          loading_("loading the model"),
          models_(paths, guarded(request.models), [this](const engine::LoadProgress& progress) {
              if (on_load_) return on_load_(progress);
              loading_.update(progress.fraction, progress.step);
          }) {}

    Result<int> run(const os::Paths& paths) {
        auto session = TRY(open_session(paths));
        if (!request_.session.name.empty()) {
            TRY(session.append_entry("session_info",
                                     fmt::format(R"({{"name":{}}})", json_quote(request_.session.name))));
        }
        const auto model = TRY(models_.first());
        files_.emplace(TRY(sandbox::WorkspaceFiles::open(place_.workspace)));
        history_.emplace(snapshots_folder(paths), place_.workspace);
        TRY(open_tools(paths, session, model));
        const auto end = [this](const Result<int>& status) {
            return audit_->end(status ? "ended" : status.error().message(), status && *status == 0);
        };
        auto status = request_.mode == ChatMode::kRpc ? serve_rpc(std::move(session), model)
                      : request_.mode == ChatMode::kTerminal
                          ? talk_at_terminal(paths, std::move(session), model)
                          : run_prompts(session, model);
        TRY(end(status).context("writing the audit log"));
        return status;
    }

private:
    // What commands and tools do is recorded (code_audit.h).
    Status open_tools(const os::Paths& paths, const agent::Session& session, const agent::ModelInfo& model) {
        audit_ = std::make_shared<CodeAudit>(audit_log(paths), session.header().id, secrets_);
        CodeRequest run;
        run.model = model.id;
        run.server = request_.models.server;
        run.network = request_.network;
        for (const auto& prompt : request_.prompts)
            run.prompt += prompt + "\n";
        TRY(audit_->begin(run, place_.workspace, {}).context("writing the audit log"));
        const auto rules = TRY(read_rules(*files_));
        auto policy = code_policy(place_.workspace);
        if (rules) policy.read_only_inside = TRY(forbidden_files(*files_, *rules));
        policy.witness = audit_;
        policy.secrets = secrets_;
        TRY(open_egress(policy, request_.network, secret_store(), audit_));
        sandbox_.emplace(std::move(policy));
        keepers_ = TRY(CodeKeepers::open({.paths = paths,
                                          .request = request_,
                                          .files = *files_,
                                          .sandbox = [this] { return sandbox_->get(); },
                                          .audit = audit_,
                                          .rules = rules,
                                          .model = model}));
        auto tools = agent::core_tools(*files_, keepers_->commands(), {});
        // Offered while a plan is made, when there are no commands.
        tools.push_back(agent::search_tool(*files_));
        tools_ = audited(std::move(tools), audit_, secrets_);
        return request_.mode == ChatMode::kTerminal ? Status() : keepers_->begin(session.header().id);
    }

    // A session goes on in the folder that it was made in.
    Result<agent::Session> open_session(const os::Paths& paths) {
        const auto& choice = request_.session;
        place_.folder = TRY(sessions_folder(paths, choice.folder));
        place_.flat = !choice.folder.empty();
        place_.workspace = TRY(checked_workspace(request_.workspace));
        place_.in_memory = choice.in_memory;
        place_.secrets = secrets_;
        if (!choice.fork.empty()) {
            const auto file = TRY(agent::find_session(place_, choice.fork));
            auto content = TRY(agent::Session::read_all(file));
            if (content.header.workspace != place_.workspace.string())
                agent::drop_file_events(content.entries);
            return agent::fork_session(place_, content.entries, content.leaf, file);
        }
        fs::path file;
        if (!choice.session.empty()) file = TRY(agent::find_session(place_, choice.session));
        if (choice.latest) file = TRY(agent::latest_session(place_)).value_or("");
        if (file.empty()) return agent::new_session(place_);
        std::vector<std::string> notices;
        auto session = TRY(agent::Session::open(file, &notices));
        session.keep_out(secrets_);
        for (const auto& notice : notices)
            tell(notice);
        place_.workspace =
            TRY(checked_workspace(session.header().workspace).context("the folder of this session"));
        return session;
    }

    Result<int> serve_rpc(agent::Session session, const agent::ModelInfo& model) {
        auto events = TRY(os::StopEvent::create(os::stop_on_interrupt()));
        agent::RpcServer server({.place = place_,
                                 .models = models_,
                                 .tools = tools_,
                                 .sandbox = [this] { return sandbox_->get(); },
                                 .system = system_prompt(*files_, request_),
                                 .out = [this](std::string_view line) { output_.write(line); },
                                 .warn = tell,
                                 .extensions = keepers_->extensions(),
                                 .files = &*history_},
                                std::move(session), model);
        agent::RpcLineReader lines(
            [&](std::string_view line, bool too_long) { server.take(line, too_long); });
        std::string buffer(std::size_t{64} << 10U, '\0');
        while (!output_.failed().stop_requested()) {
            pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {events.fd(), POLLIN, 0}};
            if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return errno_error(errno, "standard input");
            if (waiting[1].revents != 0) break;
            if (waiting[0].revents == 0) continue;
            const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return errno_error(errno, "standard input");
            if (count == 0) {
                lines.finish();
                break;
            }
            lines.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
        }
        server.finish();
        return 0;
    }

    Result<int> talk_at_terminal(const os::Paths& paths, agent::Session session,
                                 const agent::ModelInfo& model) {
        return run_terminal(
            {.place = place_,
             .models = models_,
             .tools = tools_,
             .sandbox = [this] { return sandbox_->get(); },
             .files = *files_,
             .plans = keepers_->plans(),
             .on_session = [this](const std::string& id) { return keepers_->use_session(id); },
             .warn = keepers_->warn,
             .extensions = keepers_->extensions(),
             .plan_first = request_.plan,
             .system = system_prompt(*files_, request_),
             .prompts = request_.prompts,
             .keybindings = paths.config / "keybindings.json",
             .theme = TRY(session_theme(paths.config, request_.theme)),
             .themes = paths.config / "themes",
             .on_load = on_load_,
             .history = *history_},
            std::move(session), model);
    }

    Result<int> run_prompts(agent::Session& session, const agent::ModelInfo& model) {
        if (const auto recovered = history_->recover(session); !recovered) tell(recovered.error().message());
        auto* provider = TRY(models_.open(model));
        agent::EventWriter writer([this](std::string_view line) { output_.write(line); });
        const bool as_json = request_.mode == ChatMode::kJson;
        if (as_json) output_.write(session.header().json);
        std::stop_source stop;
        const std::stop_callback on_signal(os::stop_on_interrupt(), [&] { stop.request_stop(); });
        const std::stop_callback on_closed(output_.failed(), [&] { stop.request_stop(); });
        agent::MessageQueue queue;
        const agent::DriverSettings settings;
        agent::TextCallRepair repair(tools_);
        auto extensions = keepers_->extensions();
        extensions.push_back(&repair);
        chat::Sampling sampling;
        sampling.seed = request_.seed;
        agent::RunSink records;
        if (as_json) records = [&](const agent::RunEvent& event) { writer.write(event); };
        Progress working("working");
        agent::EventSink events;
        if (!as_json) events = [&](const agent::Event& event) { show_progress(working, event); };
        agent::Driver driver({.session = session,
                              .provider = *provider,
                              .tools = tools_,
                              .extensions = std::move(extensions),
                              .queue = queue,
                              .settings = settings,
                              .records = std::move(records),
                              .events = std::move(events),
                              .files = &*history_,
                              .warn = tell},
                             {.system = system_prompt(*files_, request_),
                              .provider = model.provider,
                              .model = model.id,
                              .sampling = sampling,
                              .most_answer = model.most_answer});
        int status = 0;
        for (const auto& prompt : request_.prompts) {
            status = TRY(say(driver, prompt, stop.get_token()));
            if (status == 0 && TRY(keepers_->sign_plan()))
                status = TRY(say(driver, "Go on with the plan.", stop.get_token()));
            if (stop.stop_requested()) break;
            if (const auto waits = what_plan_waits_for(); !waits.empty()) {
                fmt::print(stderr, "hearth: {}\n", printable(waits));
                const bool as_asked = keepers_->plan_waits() && request_.sign_off.way == SignOff::Way::kNone;
                return as_asked ? status : std::max(status, 1);
            }
        }
        // In the stream every failure is a message of its own, so that it alone says how it went.
        return as_json && !stop.stop_requested() ? 0 : status;
    }

    // Why nothing further is said to the model; empty where nothing is in the way.
    [[nodiscard]] std::string what_plan_waits_for() const {
        if (keepers_->plan_waits())
            return "the plan waits in PLAN.md: `hearth code -c --sign-off PLAN.md -p \"Go on\"` begins";
        const auto failure = keepers_->plan_failure();
        return failure.empty() ? failure : "there is no plan that can be signed: " + failure;
    }

    // One prompt to its end; returns what the exit status would be.
    Result<int> say(agent::Driver& driver, const std::string& prompt, const std::stop_token& stop) {
        const auto outcome = TRY(driver.prompt(prompt, stop));
        if (request_.mode == ChatMode::kJson) return status_of(outcome);
        if (outcome.failure) tell(outcome.failure->message());
        if (!stop.stop_requested() && !outcome.last_answer.empty()) output_.write(outcome.last_answer);
        return status_of(outcome);
    }

    static void tell(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

    // What goes on, for a person who waits for the answer.
    static void show_progress(Progress& working, const agent::Event& event) {
        if (const auto* read = std::get_if<agent::PromptRead>(&event)) {
            const auto total = std::max<std::int64_t>(read->total.value, 1);
            working.update(
                static_cast<double>(read->done.value) / static_cast<double>(total),
                fmt::format("reading the prompt: {} of {} tokens", read->done.value, read->total.value));
        } else if (const auto* tool = std::get_if<agent::ToolStarted>(&event)) {
            working.update(std::nullopt,
                           printable(fmt::format("{} {}", tool->name, utf8_front(tool->subject, 60))));
        } else if (std::holds_alternative<agent::TextPiece>(event)) {
            working.update(std::nullopt, "writing");
        }
    }

    static int status_of(const agent::Outcome& outcome) {
        if (outcome.end == agent::End::kAborted) return exit_status(Code::kCancelled);
        if (outcome.end == agent::End::kFailed && outcome.failure)
            return exit_status(outcome.failure->code());
        const bool cut = outcome.last_reason == chat::StopReason::kLength;
        return cut || outcome.end == agent::End::kGaveUp ? 1 : 0;
    }

    // The models are told no secret either.
    [[nodiscard]] CodeModelsRequest guarded(CodeModelsRequest models) const {
        models.secrets = secrets_;
        return models;
    }

    const ChatRequest& request_;
    std::shared_ptr<const KnownSecrets> secrets_ = kept_secrets();  // shared with all that keeps them out
    Progress loading_;
    engine::LoadSink on_load_;  // in place of loading_, where it is set
    CodeModels models_;
    LineOutput output_;
    agent::SessionPlace place_;
    std::optional<sandbox::WorkspaceFiles> files_;
    std::optional<agent::FileHistory> history_;
    std::optional<LazySandbox> sandbox_;
    std::shared_ptr<CodeAudit> audit_;  // shared with the sandbox and the tools
    std::unique_ptr<CodeKeepers> keepers_;
    agent::ToolBox tools_;
};

}  // namespace

Result<fs::path> sessions_folder(const os::Paths& paths, const fs::path& given) {
    if (given.empty()) return paths.state / "sessions";
    std::error_code error;
    auto folder = fs::absolute(given, error);
    if (error) return Error(Code::kInvalidInput, fmt::format("{} is no path of a folder", given.string()));
    return folder;
}

Result<int> run_chat(const os::Paths& paths, const ChatRequest& request) {
    return Chat(paths, request).run(paths);
}

}  // namespace hearth::app
