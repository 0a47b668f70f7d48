#include "app/code_doctor.h"

#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

#include "app/code_config.h"
#include "app/code_egress.h"
#include "app/code_options.h"
#include "app/code_rules.h"
#include "app/code_setup.h"
#include "app/code_verbs.h"
#include "app/code_workspace.h"
#include "app/exit_status.h"
#include "app/extension_verbs.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/policy_files.h"
#include "core/text.h"
#include "extend/discovery.h"
#include "os/files.h"
#include "tui/keymap.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using State = SessionPart::State;

constexpr std::int64_t kBytesOfAToken = 4;

struct DoctorRequest {
    std::string directory = ".";
    CodeModelsRequest models;
    ResourceChoice resources;
    ExtensionChoice extensions;
};

// Looks at one part of a session after the other. Nothing is started but the sandbox's own probe, and nobody is asked.
class Doctor {
public:
    Doctor(const os::Paths& paths, const DoctorRequest& request, fs::path workspace)
        : paths_(paths), request_(request), workspace_(std::move(workspace)) {}

    Result<std::vector<SessionPart>> look() {
        add("folder", workspace_.string(), "");
        auto made = set_up(paths_, workspace_, request_.resources, request_.extensions, AskAbout::kSilent);
        if (!made) {
            problem("settings", "cannot be read", made.error().message(), "mend that file, or remove it");
        } else {
            setup_ = *std::move(made);
            look_at_model();
            look_at_texts();
            look_at_settings();
        }
        TRY(look_at_extensions());
        look_at_project();
        look_at_config();
        look_at_sandbox();
        return std::move(parts_);
    }

private:
    void add(std::string kind, std::string what, std::string from, State state = State::kUsed) {
        parts_.push_back(
            {.kind = std::move(kind), .what = std::move(what), .from = std::move(from), .state = state});
    }

    void problem(std::string kind, std::string what, std::string note, std::string cure) {
        add(std::move(kind), std::move(what), "", State::kProblem);
        parts_.back().note = std::move(note);
        parts_.back().cure = std::move(cure);
    }

    void look_at_model() {
        CodeModels models(paths_, request_.models, [](const engine::LoadProgress&) {});
        std::vector<std::string> notices;
        const auto first = first_model(models, request_.models.model, setup_->settings, notices);
        for (const auto& notice : notices)
            problem("model", setup_->settings.default_model->value, notice,
                    fmt::format("`hearth list` shows what is here; mend defaultModel in {}",
                                setup_->settings.default_model->file.string()));
        if (!first) {
            const bool none = first.error().code() == Code::kNotFound && request_.models.server.empty();
            return problem("model", request_.models.model.empty() ? "none" : request_.models.model,
                           first.error().message(),
                           none
                               ? "`hearth pull qwen2.5-coder:1.5b` gets one, `hearth list` shows what is here"
                               : "check that the server runs, and its address");
        }
        const bool of_settings =
            setup_->settings.default_model && notices.empty() && request_.models.model.empty();
        const auto from = !request_.models.model.empty()   ? std::string("--model or HEARTH_MODEL")
                          : of_settings                    ? setup_->settings.default_model->file.string()
                          : request_.models.server.empty() ? std::string("the largest that is installed")
                                                           : "the first of " + request_.models.server;
        add("model", fmt::format("{}/{}, window {}", first->provider, first->id, first->context_window.value),
            from);
        const auto prompt = setup_->texts->system_prompt(tools_system_prompt(), first->context_window);
        add("first prompt",
            fmt::format("{} bytes, some {} tokens", prompt.size(),
                        (static_cast<std::int64_t>(prompt.size()) + kBytesOfAToken - 1) / kBytesOfAToken),
            "what stands before all else, without tools");
    }

    void look_at_texts() {
        const auto& texts = *setup_->texts;
        const auto& choice = request_.resources;
        add("system prompt", texts.system_file().empty() && choice.system.empty() ? "hearth's own" : "yours",
            choice.system.empty() ? texts.system_file().string() : "--system-prompt");
        if (!texts.append_file().empty())
            add("system prompt", "added behind it", texts.append_file().string());
        for (const auto& each : texts.context_files())
            add("notes", fmt::format("{} bytes", each.text.size()), each.path.string());
        for (const auto& each : texts.skills()) {
            add("skill", each.for_person_only ? each.name + " (only when you call it)" : each.name,
                each.file.string());
        }
        for (const auto& each : texts.prompts())
            add("prompt", "/" + each.name, each.file.string());
        for (const auto& notice : texts.notices())
            problem("text", "not used as it is", notice, "mend that file, or remove it");
    }

    void look_at_settings() {
        const auto& settings = setup_->settings;
        std::vector<fs::path> files = {paths_.config / "settings.json"};
        for (const auto& each :
             {workspace_ / ".hearth" / "settings.json", workspace_ / ".pi" / "settings.json"})
            files.push_back(each);
        std::error_code error;
        for (const auto& file : files) {
            if (!fs::exists(file, error)) continue;
            const bool own = file.parent_path() == paths_.config;
            std::vector<std::string> unused;
            for (const auto& each : settings.unused) {
                if (each.file == file) unused.push_back(each.value);
            }
            add("settings", own ? "yours" : "the project's", file.string(),
                own || setup_->trusted ? State::kUsed : State::kUnused);
            if (!unused.empty()) parts_.back().note = "keys that mean nothing here: " + join(unused, ", ");
        }
    }

    Status look_at_extensions() {
        for (const auto& each : request_.extensions.paths)
            add("extension", each, "--extension");
        const auto state = request_.extensions.none ? State::kUnused : State::kUsed;
        for (const auto& each : extend::extensions_in(user_extensions(paths_)))
            add("extension", each.stem().string(), each.string(), state);
        std::error_code error;
        for (const auto& each : TRY(package_store(paths_).list())) {
            if (fs::exists(each.folder, error)) {
                add("package", each.source + (each.version.empty() ? "" : " " + each.version),
                    each.folder.string());
            } else {
                problem("package", each.source, fmt::format("{} is gone", each.folder.string()),
                        fmt::format("`hearth extension update {}` or `hearth extension remove {}`",
                                    each.source, each.source));
            }
        }
        return {};
    }

    void look_at_project() {
        const auto project = hearth::app::look_at_project(paths_, workspace_);
        if (!project) return problem("project", workspace_.string(), project.error().message(), "");
        const bool trusted = setup_ && setup_->trusted;
        for (const auto* part : {&project->found, &project->texts}) {
            for (const auto& each : *part)
                add("project", each.lexically_relative(workspace_).string(),
                    trusted            ? "trusted"
                    : project->decided ? "not trusted"
                                       : "nobody has decided on it",
                    trusted ? State::kUsed : State::kUnused);
        }
        if (!project->digest.empty() && !project->decided && !trusted) {
            parts_.back().note = "what a project brings is used once you trust it, and until it changes";
            parts_.back().cure =
                "`hearth extension trust` uses it, `hearth extension trust --no` never asks again";
        }
        auto files = sandbox::WorkspaceFiles::open(workspace_);
        if (!files) return problem("project", workspace_.string(), files.error().message(), "");
        const auto rules = read_rules(*files);
        if (!rules) {
            problem("rules", ".hearth/rules.toml", rules.error().message(), "mend that file");
        } else if (*rules) {
            add("rules", ".hearth/rules.toml", "");
        }
        look_at_permissions(*files);
    }

    void look_at_permissions(const sandbox::WorkspaceFiles& files) {
        const auto policies = read_policies(paths_, files);
        if (!policies) {
            problem("policy", "cannot be read", policies.error().message(), "mend that file, or remove it");
        } else {
            for (const auto& each : *policies)
                add("policy", fmt::format("{} rule{}", each.rules.size(), each.rules.size() == 1 ? "" : "s"),
                    each.file);
        }
        const auto decisions = decision_book(paths_).list();
        if (!decisions) {
            problem("decisions", "cannot be read", decisions.error().message(),
                    "remove that file: what it permits for good is asked for again");
        } else if (!decisions->empty()) {
            add("decisions", fmt::format("{} for good", decisions->size()), "`hearth policy decisions`");
        }
    }

    void look_at_config() {
        const auto config = read_code_config(paths_.config);
        std::error_code error;
        const bool kept = fs::exists(workspace_ / ".hearth" / "memory", error);
        if (!config) {
            problem("config.toml", paths_.config / "config.toml", config.error().message(), "mend that line");
        } else if (kept || config->memory) {
            add("memory", kept ? ".hearth/memory" : "to be made", kept ? "" : config->file);
        }
        const auto file = paths_.config / "keybindings.json";
        if (const auto text = os::read_file(file, std::size_t{1} << 20U)) {
            std::vector<std::string> notices;
            const auto keymap = tui::Keymap::parse(*text, notices);
            if (!keymap) {
                problem("keys", file.string(), keymap.error().message(), "mend that file");
            } else {
                add("keys", "yours", file.string());
                parts_.back().note = join(notices, "; ");
            }
        }
    }

    void look_at_sandbox() {
        const auto network = code_network(paths_, {}, {});
        if (!network) {
            problem("network", "[egress]", network.error().message(), "mend that line of config.toml");
        } else {
            add("network", network->rules.empty() ? "none" : fmt::format("{} rules", network->rules.size()),
                network->rules.empty() ? "" : (paths_.config / "config.toml").string());
        }
        auto policy = code_policy(workspace_);
        if (setup_) policy.readable = setup_->texts->command_folders();
        const auto box = sandbox::Sandbox::open(std::move(policy));
        if (!box) {
            return problem("sandbox", "does not start", box.error().message(),
                           "`hearth doctor` says more; without it no command is run");
        }
        add("sandbox",
            fmt::format("commands see this folder{}",
                        setup_ && !setup_->texts->command_folders().empty() ? ", and skills to read" : ""),
            "");
    }

    const os::Paths& paths_;
    const DoctorRequest& request_;
    fs::path workspace_;
    std::optional<CodeSetup> setup_;
    std::vector<SessionPart> parts_;
};

}  // namespace

int code_doctor(Arguments arguments) {
    DoctorRequest request;
    bool as_json = false;
    if (const char* model = std::getenv("HEARTH_MODEL"); model != nullptr) request.models.model = model;
    Options options("code doctor",
                    "Says what a session of `hearth code` in this folder would use, and from where.");
    options.option("-C,--directory", request.directory, "the project's folder");
    options.option("-m,--model", request.models.model, "model that would be used");
    options.option("--server", request.models.server, "server that would be used");
    options.option("--context", request.models.context, "context window in tokens", 2048, 1'048'576);
    options.repeated("--skill", request.resources.skills, "with this skill");
    options.repeated("--prompt-template", request.resources.prompts, "with this prompt");
    options.repeated("-e,--extension", request.extensions.paths, "with this extension");
    options.flag("--trust-project", request.extensions.trust_project, "with what the project brings");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "Nothing is started and nothing is changed. Ends with status 1 when something is wrong, and says "
        "what to do. "
        "`hearth doctor` checks the machine.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto workspace = checked_workspace(request.directory);
    if (!workspace) return report(workspace.error());
    const auto paths = os::paths_from_environment();
    const auto parts = Doctor(paths, request, *workspace).look();
    if (!parts) return report(parts.error());
    fmt::print("{}", as_json ? session_parts_json(*parts) : render_session_parts(*parts));
    return is_healthy(*parts) ? 0 : 1;
}

}  // namespace hearth::app
