#include "app/code_chat.h"

#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>

#include "agent/file_history.h"
#include "agent/search_tool.h"
#include "agent/session_store.h"
#include "app/code_audit.h"
#include "app/code_egress.h"
#include "app/code_extensions.h"
#include "app/code_keepers.h"
#include "app/code_rules.h"
#include "app/code_talk.h"
#include "app/code_terminal.h"
#include "app/code_themes.h"
#include "app/code_workspace.h"
#include "app/guard_files.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "sandbox/workspace_files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNotes = 6000;  // bytes of AGENTS.md, some 2,000 tokens

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

const char* mode_name(ChatMode mode) {
    switch (mode) {
        case ChatMode::kText: return "print";
        case ChatMode::kJson: return "json";
        case ChatMode::kRpc: return "rpc";
        case ChatMode::kTerminal: break;
    }
    return "tui";
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
        TRY(decide_on_project(paths, place_.workspace, request_.extensions,
                              request_.mode == ChatMode::kTerminal));
        const auto model = TRY(models_.first());
        if (!models_.notice().empty()) tell(models_.notice());
        files_.emplace(TRY(sandbox::WorkspaceFiles::open(place_.workspace)));
        history_.emplace(snapshots_folder(paths), place_.workspace, secrets_);
        TRY(open_tools(paths, session, model));
        const auto end = [this](const Result<int>& status) {
            return audit_->end(status ? "ended" : status.error().message(), status && *status == 0);
        };
        auto status = talk(paths, session, model);
        TRY(end(status).context("writing the audit log"));
        return status;
    }

private:
    Result<int> talk(const os::Paths& paths, agent::Session& session, const agent::ModelInfo& model) {
        if (request_.mode == ChatMode::kTerminal) return talk_at_terminal(paths, std::move(session), model);
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
                .system = system_prompt(*files_, request_),
                .keepers = *keepers_,
                .history = *history_,
                .extensions = extension_start(),
                .start_reason = start_reason_,
                .thinking = models_.first_thinking()};
    }

    // What an extension's tools do is recorded as that of hearth's own.
    ExtensionStart extension_start() {
        return [this](extend::Ui& ui, extend::SessionDoor& door, extend::Host::Report report) {
            return start_extensions(
                {.paths = paths_,
                 .choice = request_.extensions,
                 .workspace = place_.workspace,
                 .mode = mode_name(request_.mode),
                 .tools = tools_,
                 .wrap =
                     [this](std::unique_ptr<agent::Tool> tool) {
                         agent::ToolBox box;
                         box.push_back(std::move(tool));
                         return std::move(audited(std::move(box), audit_, secrets_).front());
                     }},
                ui, door, std::move(report));
        };
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
             .keepers = keepers_->extensions(),
             .plan_first = request_.plan,
             .system = system_prompt(*files_, request_),
             .prompts = request_.prompts,
             .extensions = extension_start(),
             .start_reason = start_reason_,
             .keybindings = paths.config / "keybindings.json",
             .theme = TRY(session_theme(paths.config, request_.theme)),
             .themes = paths.config / "themes",
             .on_load = on_load_,
             .history = *history_,
             .thinking = models_.first_thinking()},
            std::move(session), model);
    }

    static void tell(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

    // The models are told no secret either.
    [[nodiscard]] CodeModelsRequest guarded(CodeModelsRequest models) const {
        models.secrets = secrets_;
        return models;
    }

    const os::Paths& paths_;
    const ChatRequest& request_;
    std::string start_reason_ = "startup";
    std::shared_ptr<const KnownSecrets> secrets_ = kept_secrets();  // shared with all that keeps them out
    Progress loading_;
    engine::LoadSink on_load_;  // in place of loading_, where it is set
    CodeModels models_;
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
