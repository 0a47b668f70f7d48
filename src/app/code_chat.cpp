#include "app/code_chat.h"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "agent/file_history.h"
#include "agent/look_tools.h"
#include "agent/search_tool.h"
#include "agent/session_store.h"
#include "app/code_audit.h"
#include "app/code_egress.h"
#include "app/code_extensions.h"
#include "app/code_keepers.h"
#include "app/code_permissions.h"
#include "app/code_rules.h"
#include "app/code_settings.h"
#include "app/code_setup.h"
#include "app/code_talk.h"
#include "app/code_terminal.h"
#include "app/code_themes.h"
#include "app/code_workspace.h"
#include "app/guard_files.h"
#include "app/render.h"
#include "app/terminal_line.h"
#include "core/json.h"
#include "core/text.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

const char* mode_name(ChatMode mode) {
    switch (mode) {
        case ChatMode::kText: return "print";
        case ChatMode::kJson: return "json";
        case ChatMode::kRpc: return "rpc";
        case ChatMode::kTerminal: break;
    }
    return "tui";
}

std::vector<std::string> tools_of(const extend::Host* host) {
    std::vector<std::string> out;
    if (host == nullptr) return out;
    for (const auto* each : host->running()) {
        for (const auto& tool : each->declaration().tools)
            out.push_back(tool.name);
    }
    return out;
}

class Chat {
public:
    Chat(const os::Paths& paths, const ChatRequest& request)
        : paths_(paths),
          request_(request),
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
        setup_ = TRY(set_up(paths, place_.workspace, request_.resources, request_.extensions,
                            request_.mode == ChatMode::kTerminal ? AskAbout::kPerson : AskAbout::kNobody));
        if (setup_.settings.block_images && setup_.settings.block_images->value) models_.block_images();
        const auto model = TRY(first_model(models_, request_.models.model, setup_.settings, notices_));
        if (!models_.notice().empty()) notices_.push_back(models_.notice());
        system_ = setup_.texts->system_prompt(
            request_.tools.is_usual() ? tools_system_prompt() : chosen_tools_system_prompt(),
            model.context_window);
        files_.emplace(TRY(sandbox::WorkspaceFiles::open(place_.workspace)));
        history_.emplace(snapshots_folder(paths), place_.workspace, secrets_);
        TRY(open_tools(paths, session, model));
        const auto end = [this](const Result<int>& status) {
            return audit_->end(status ? "ended" : status.error().message(), status && *status == 0);
        };
        auto status = talk(paths, session, model);
        // Their ends are recorded before that of the session.
        keepers_->end_background_shells();
        TRY(end(status).context("writing the audit log"));
        return status;
    }

private:
    // What is to be said to the person before the session begins.
    [[nodiscard]] std::vector<std::string> notices() const {
        auto out = notices_;
        out.insert(out.end(), setup_.texts->notices().begin(), setup_.texts->notices().end());
        return out;
    }

    Result<int> talk(const os::Paths& paths, agent::Session& session, const agent::ModelInfo& model) {
        if (request_.mode == ChatMode::kTerminal) return talk_at_terminal(paths, std::move(session), model);
        for (const auto& notice : notices())
            tell(notice);
        const auto parts = talk_parts();
        if (request_.mode == ChatMode::kRpc) return talk_in_protocol(parts, std::move(session), model);
        return tell_prompts(parts,
                            {.prompts = request_.prompts,
                             .as_json = request_.mode == ChatMode::kJson,
                             .seed = request_.seed,
                             .plan_may_wait = request_.sign_off.way == SignOff::Way::kNone},
                            session, model);
    }

    // What commands and tools do is recorded (code_audit.h).
    Status open_tools(const os::Paths& paths, const agent::Session& session, const agent::ModelInfo& model) {
        audit_ = std::make_shared<CodeAudit>(audit_log(paths), session.header().id, secrets_);
        CodeRequest run;
        run.server = request_.models.server;
        const bool elsewhere = run.server.empty() && !model.base_url.empty();
        run.model = elsewhere ? agent::author_of(model) : model.id;
        run.network = request_.network;
        for (const auto& prompt : request_.prompts)
            run.prompt += prompt + "\n";
        TRY(audit_->begin(run, place_.workspace, {}).context("writing the audit log"));
        const auto rules = TRY(read_rules(*files_));
        auto policy = code_policy(place_.workspace);
        if (rules) policy.read_only_inside = TRY(forbidden_files(*files_, *rules));
        TRY(open_permissions(paths, policy));
        policy.readable = setup_.texts->command_folders();
        policy.witness = audit_;
        policy.secrets = secrets_;
        TRY(open_egress(policy, request_.network, secret_store(), audit_, gate_));
        sandbox_.emplace(std::move(policy));
        keepers_ = TRY(CodeKeepers::open({.paths = paths,
                                          .request = request_,
                                          .files = *files_,
                                          .sandbox = [this] { return sandbox_->get(); },
                                          .audit = audit_,
                                          .rules = rules,
                                          .may_show = policy::shown_by(gate_),
                                          .secrets = secrets_,
                                          .model = model,
                                          .model_at_hand = [this] { return models_.uses_one_at_hand(); }}));
        auto tools = agent::core_tools(*files_, keepers_->commands(), {}, &setup_.texts->readable(),
                                       keepers_->background_shells());
        add_looking_tools(tools);
        for (auto& each : keepers_->tools())
            tools.push_back(std::move(each));
        tools_ = behind(gate_, audited(std::move(tools), audit_, secrets_));
        return request_.mode == ChatMode::kTerminal ? Status() : keepers_->begin(session.header().id);
    }

    void add_looking_tools(agent::ToolBox& tools) {
        // Offered while a plan is made, when there are no commands.
        tools.push_back(agent::search_tool(*files_, policy::shown_by(gate_)));
        for (const auto make : {agent::grep_tool, agent::find_tool, agent::ls_tool}) {
            auto tool = make(*files_, policy::shown_by(gate_));
            // One that nobody chose is not there, so that a client or an extension may have another of its name.
            if (request_.tools.has(tool->description().name, false)) tools.push_back(std::move(tool));
        }
    }

    // In a terminal's session and in the protocol others ask (AskedByUi).
    Status open_permissions(const os::Paths& paths, sandbox::Policy& commands) {
        gate_ = TRY(open_gate({.paths = paths,
                               .permissions = request_.permissions,
                               .files = *files_,
                               .audit = audit_,
                               .secrets = secrets_},
                              commands));
        const bool can_ask = request_.mode == ChatMode::kText && can_ask_here();
        if (gate_ && can_ask) gate_->ask(ask_at_terminal({}), "person");
        return {};
    }

    // A session goes on in the folder that it was made in.
    Result<agent::Session> open_session(const os::Paths& paths) {
        const auto& choice = request_.session;
        const auto sessions = TRY(sessions_folder(paths, choice.folder));
        place_.folder = sessions.path;
        place_.flat = sessions.flat;
        place_.workspace = TRY(checked_workspace(request_.workspace));
        place_.in_memory = choice.in_memory;
        place_.secrets = secrets_;
        if (!choice.fork.empty()) {
            const auto file = TRY(agent::find_session(place_, choice.fork));
            auto content = TRY(agent::Session::read_all(file));
            if (content.header.workspace != place_.workspace.string())
                agent::drop_file_events(content.entries);
            start_reason_ = "fork";
            return agent::fork_session(place_, content.entries, content.leaf, file);
        }
        fs::path file;
        if (!choice.session.empty()) file = TRY(agent::find_session(place_, choice.session));
        if (choice.latest) file = TRY(agent::latest_session(place_)).value_or("");
        if (file.empty()) return agent::new_session(place_);
        start_reason_ = "resume";
        std::vector<std::string> notices;
        auto session = TRY(agent::Session::open(file, &notices));
        session.keep_out(secrets_);
        for (const auto& notice : notices)
            tell(notice);
        place_.workspace =
            TRY(checked_workspace(session.header().workspace).context("the folder of this session"));
        return session;
    }

    [[nodiscard]] TalkParts talk_parts() {
        return {.place = place_,
                .models = models_,
                .tools = tools_,
                .sandbox = [this] { return sandbox_->get(); },
                .system = system_,
                .texts = *setup_.texts,
                .defaults = rpc_defaults(setup_.settings),
                .box = tools_,
                .wrap_tool = tool_wrap(),
                .keepers = *keepers_,
                .gate = gate_,
                .history = *history_,
                .extensions = extension_start(),
                .start_reason = start_reason_,
                .thinking = models_.first_thinking()};
    }

    // What tools of others do is permitted and recorded as that of hearth's own.
    std::function<std::unique_ptr<agent::Tool>(std::unique_ptr<agent::Tool>)> tool_wrap() {
        return [this](std::unique_ptr<agent::Tool> tool) {
            agent::ToolBox box;
            box.push_back(std::move(tool));
            return std::move(behind(gate_, audited(std::move(box), audit_, secrets_)).front());
        };
    }

    ExtensionStart extension_start() {
        return [this](extend::Ui& ui, extend::SessionDoor& door,
                      extend::Host::Report report) -> Result<std::unique_ptr<extend::Host>> {
            const auto pick = [this](std::string_view name, bool of_extension) {
                return request_.tools.has(name, of_extension);
            };
            auto host = TRY(start_extensions({.paths = paths_,
                                              .choice = setup_.extensions,
                                              .workspace = place_.workspace,
                                              .mode = mode_name(request_.mode),
                                              .tools = tools_,
                                              .wrap = tool_wrap(),
                                              .trusted = setup_.trusted,
                                              .pick = pick},
                                             ui, door, std::move(report)));
            TRY(request_.tools.check(tools_of(host.get())));
            // Extensions may use hearth's tools for their own that a model does not have.
            if (!host) keep_chosen(tools_, request_.tools);
            return host;
        };
    }

    Result<int> talk_at_terminal(const os::Paths& paths, agent::Session session,
                                 const agent::ModelInfo& model) {
        const auto theme = TRY(theme_of(paths));
        const auto parts = talk_parts();
        return run_terminal(
            {.talk = parts,
             .files = *files_,
             .plan_first = request_.plan,
             .notices = notices(),
             .show_thinking = setup_.settings.hide_thinking && !setup_.settings.hide_thinking->value,
             .quiet = setup_.settings.quiet && setup_.settings.quiet->value,
             .editor = setup_.settings.editor ? setup_.settings.editor->value : std::string(),
             .prompts = request_.prompts,
             .keybindings = paths.config / "keybindings.json",
             .theme = theme,
             .themes = paths.config / "themes",
             .on_load = on_load_},
            std::move(session), model);
    }

    // A theme of settings.json that is not here is no reason not to begin.
    Result<tui::Theme> theme_of(const os::Paths& paths) {
        auto theme = session_theme(paths.config, request_.theme,
                                   setup_.settings.theme ? setup_.settings.theme->value : "");
        if (theme || !setup_.settings.theme || theme.error().code() != Code::kNotFound) return theme;
        notices_.push_back(
            fmt::format("{}: {}", setup_.settings.theme->file.string(), theme.error().message()));
        return session_theme(paths.config, request_.theme, "");
    }

    static void tell(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

    // The models are told no secret either.
    [[nodiscard]] CodeModelsRequest guarded(CodeModelsRequest models) const {
        models.secrets = secrets_;
        return models;
    }

    const os::Paths& paths_;
    const ChatRequest& request_;
    CodeSetup setup_;
    std::vector<std::string> notices_;
    std::string system_;
    std::string start_reason_ = "startup";
    std::shared_ptr<const KnownSecrets> secrets_ = kept_secrets();  // shared with all that keeps them out
    Progress loading_;
    engine::LoadSink on_load_;  // in place of loading_, where it is set
    CodeModels models_;
    agent::SessionPlace place_;
    std::optional<sandbox::WorkspaceFiles> files_;
    std::optional<agent::FileHistory> history_;
    std::optional<LazySandbox> sandbox_;
    std::shared_ptr<CodeAudit> audit_;    // shared with the sandbox and the tools
    std::shared_ptr<policy::Gate> gate_;  // shared with the tools and the way to the network; may be none
    std::unique_ptr<CodeKeepers> keepers_;
    agent::ToolBox tools_;
};

}  // namespace

Result<SessionsFolder> sessions_folder(const os::Paths& paths, const fs::path& given) {
    auto named = given;
    std::error_code error;
    if (named.empty()) {
        const auto settings = TRY(person_settings(paths));
        if (!settings.session_dir) return SessionsFolder{.path = paths.state / "sessions"};
        // As pi does: not at the folder of the file.
        named = os::written_path(settings.session_dir->value, fs::current_path(error), os::home_folder());
    }
    auto folder = fs::absolute(named, error);
    if (error) return Error(Code::kInvalidInput, fmt::format("{} is no path of a folder", named.string()));
    return SessionsFolder{.path = std::move(folder), .flat = true};
}

Result<int> run_chat(const os::Paths& paths, const ChatRequest& request) {
    return Chat(paths, request).run(paths);
}

}  // namespace hearth::app
