#include "app/code_resources.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

#include "app/extension_verbs.h"
#include "core/json.h"
#include "core/text.h"
#include "extend/package_texts.h"
#include "os/files.h"
#include "os/paths.h"
#include "resources/project.h"
#include "sandbox/workspace_rules.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using resources::Place;
using resources::Scope;

constexpr std::size_t kMaxNotes = 6000;     // bytes of AGENTS.md and its like, some 2,000 tokens
constexpr std::size_t kMaxSkills = 16'000;  // bytes of the list of skills
constexpr std::int64_t kBytesOfAToken = 3;  // at least, in English
constexpr std::string_view kSkill = "skill:";

// Where pi keeps what is a person's.
fs::path pi_folder() {
    const auto named = os::environment("PI_CODING_AGENT_DIR");
    return named.empty() ? os::home_folder() / ".pi" / "agent" : fs::path(named);
}

// An option that may name a file. One that cannot be read is no text: a model would be told its name.
Result<std::string> text_or_file(const std::string& given, std::string_view option) {
    std::error_code error;
    const bool is_file = fs::is_regular_file(given, error);
    if (!is_file && error != std::errc::permission_denied) return given;
    return os::read_file(given).context(option);
}

Place place(fs::path path, Scope scope, std::string_view source, const fs::path& base) {
    return {
        .path = std::move(path),
        .source = {.scope = scope, .name = std::string(source), .of_package = false, .base_folder = base}};
}

// Paths on the command line begin at the current folder.
Status add_named(const std::vector<std::string>& given, std::string_view option, std::vector<Place>& out) {
    for (const auto& each : given) {
        std::error_code error;
        const auto written = each.starts_with("~/") ? os::home_folder() / each.substr(2) : fs::path(each);
        const auto path = fs::weakly_canonical(written, error);
        if (!fs::exists(path, error))
            return Error(Code::kNotFound, fmt::format("{}: there is no {}", option, printable(each)));
        const auto base = fs::is_directory(path, error) ? path : path.parent_path();
        out.push_back(place(path, Scope::kTemporary, "cli", base));
        out.back().named = true;
    }
    return {};
}

void add_settings(const std::vector<resources::Setting<std::string>>& given, const os::Paths& paths,
                  std::vector<Place>& out) {
    for (const auto& each : given) {
        const bool own = each.file.parent_path() == paths.config;
        out.push_back(place(resources::path_of(each, os::home_folder()), own ? Scope::kUser : Scope::kProject,
                            "local", each.file.parent_path()));
        out.back().named = true;
    }
}

// `kind`: "skills" or "prompts". The first that has a name counts: what was named for this run, the project's, the person's, packages'.
Result<std::vector<Place>> places_of(const CodeResources::Parts& parts, extend::PackageTexts kind,
                                     const std::vector<extend::Package>& packages,
                                     std::vector<std::string>& notices) {
    const bool of_skills = kind == extend::PackageTexts::kSkills;
    const std::string name = of_skills ? "skills" : "prompts";
    const auto& choice = parts.choice;
    std::vector<Place> out;
    TRY(add_named(of_skills ? choice.skills : choice.prompts, of_skills ? "--skill" : "--prompt-template",
                  out));
    if (of_skills ? choice.no_skills : choice.no_prompts) return out;
    if (parts.trusted) {
        for (const auto& folder : resources::project_settings_folders(parts.workspace)) {
            out.push_back(place(folder / name, Scope::kProject, "auto", folder));
            out.back().within = parts.workspace;
        }
        if (of_skills) {
            const auto folders = resources::project_folders(parts.workspace);
            for (const auto& folder : folders) {
                out.push_back(place(folder / ".agents" / name, Scope::kProject, "auto", folder / ".agents"));
                out.back().loose_files = false;
                out.back().within = folders.back();
            }
        }
    }
    add_settings(of_skills ? parts.settings.skills : parts.settings.prompts, parts.paths, out);
    out.push_back(place(parts.paths.config / name, Scope::kUser, "auto", parts.paths.config));
    out.push_back(place(pi_folder() / name, Scope::kUser, "auto", pi_folder()));
    if (of_skills) {
        out.push_back(
            place(os::home_folder() / ".agents" / name, Scope::kUser, "auto", os::home_folder() / ".agents"));
        out.back().loose_files = false;
    }
    for (const auto& package : packages) {
        auto texts = extend::package_texts(package.folder, kind);
        if (!texts) {
            notices.push_back(
                fmt::format("package {}: {}", printable(package.source), texts.error().message()));
            continue;
        }
        for (auto& path : *texts) {
            out.push_back(place(std::move(path), Scope::kUser, package.source, package.folder));
            out.back().source.of_package = true;
        }
    }
    return out;
}

std::string command_json(std::string_view name, std::string_view description, std::string_view source,
                         const std::string& info) {
    return fmt::format(R"({{"name":{},"description":{},"source":"{}","sourceInfo":{}}})", json_quote(name),
                       json_quote(description), source, info);
}

}  // namespace

Result<std::unique_ptr<CodeResources>> CodeResources::load(const Parts& parts) {
    std::unique_ptr<CodeResources> made(new CodeResources);
    made->workspace_ = parts.workspace;
    if (!parts.choice.system.empty())
        made->system_ = TRY(text_or_file(parts.choice.system, "--system-prompt"));
    made->appended_ = TRY(text_or_file(parts.choice.append_system, "--append-system-prompt"));
    if (parts.settings.skill_commands) made->skill_commands_ = parts.settings.skill_commands->value;
    std::vector<extend::Package> packages;
    if (!parts.choice.no_skills || !parts.choice.no_prompts)
        packages = TRY(package_store(parts.paths).list());
    auto skills = resources::find_skills(
        TRY(places_of(parts, extend::PackageTexts::kSkills, packages, made->notices_)));
    made->note(skills.notices);
    made->skills_ = std::move(skills.skills);
    auto prompts = resources::find_templates(
        TRY(places_of(parts, extend::PackageTexts::kPrompts, packages, made->notices_)));
    made->note(prompts.notices);
    made->prompts_ = std::move(prompts.templates);
    if (!parts.choice.no_context_files)
        made->context_files_ = resources::find_context_files(parts.paths.config, parts.workspace);
    std::vector<resources::Notice> links;
    const auto project = parts.trusted ? std::optional(parts.workspace) : std::nullopt;
    if (parts.choice.system.empty())
        made->system_file_ = resources::first_file(parts.paths.config, project, "SYSTEM.md", links);
    if (parts.choice.append_system.empty())
        made->append_file_ = resources::first_file(parts.paths.config, project, "APPEND_SYSTEM.md", links);
    made->note(links);
    made->make_readable(parts.paths, parts.workspace);
    return made;
}

void CodeResources::note(const std::vector<resources::Notice>& notices) {
    for (const auto& each : notices)
        notices_.push_back(resources::notice_text(each));
}

// What lies in the workspace can be reached anyway.
void CodeResources::make_readable(const os::Paths& paths, const fs::path& workspace) {
    std::error_code error;
    const auto home = fs::weakly_canonical(os::home_folder(), error);
    for (const auto& skill : skills_) {
        const auto folder = skill.folder();
        if (os::is_within(skill.file, workspace)) continue;
        const auto narrow = sandbox::check_workspace(folder, home, {paths.config, paths.data, paths.state});
        auto files = skill.alone || !narrow ? Result<sandbox::WorkspaceFiles>(Error(Code::kNotFound, ""))
                                            : sandbox::WorkspaceFiles::open(folder);
        if (files) {
            readable_.folders.push_back(*std::move(files));
            command_folders_.push_back(folder);
        } else {
            readable_.files.push_back(skill.file);
            if (!skill.alone)
                notices_.push_back(
                    fmt::format("{}: what lies beside it is not shown to the model: {} is too wide a folder",
                                skill.file.string(), folder.string()));
        }
    }
}

std::string CodeResources::expanded(std::string text) const {
    const auto trimmed = trim(text);
    if (!trimmed.starts_with('/')) return text;
    const auto blank = trimmed.find_first_of(" \t\n\r");
    const auto name = trimmed.substr(1, blank == std::string_view::npos ? blank : blank - 1);
    const auto arguments = blank == std::string_view::npos ? std::string_view() : trimmed.substr(blank);
    if (name.starts_with(kSkill) && skill_commands_) {
        const auto skill = std::find_if(skills_.begin(), skills_.end(), [&](const resources::Skill& each) {
            return each.name == name.substr(kSkill.size());
        });
        return skill == skills_.end() ? text : resources::call_skill(*skill, arguments);
    }
    const auto prompt =
        std::find_if(prompts_.begin(), prompts_.end(), [&](const auto& each) { return each.name == name; });
    if (prompt == prompts_.end()) return text;
    return resources::fill_template(prompt->body, resources::split_arguments(arguments));
}

std::vector<std::string> CodeResources::commands() const {
    std::vector<std::string> out;
    for (const auto& each : prompts_) {
        const auto hint = each.argument_hint.empty() ? "" : each.argument_hint + ": ";
        out.push_back(command_json(each.name, hint + each.description, "prompt",
                                   resources::source_json(each.file, each.source)));
    }
    if (!skill_commands_) return out;
    for (const auto& each : skills_) {
        out.push_back(command_json(std::string(kSkill) + each.name, each.description, "skill",
                                   resources::source_json(each.file, each.source)));
    }
    return out;
}

std::string CodeResources::system_prompt(std::string_view base, Tokens window) {
    auto out = std::string(base);
    if (system_) {
        out = *system_;
    } else if (!system_file_.empty()) {
        out = to_valid_utf8(os::read_file(system_file_).value_or(out));
    }
    auto appended = appended_;
    if (!append_file_.empty()) appended = to_valid_utf8(os::read_file(append_file_).value_or(""));
    if (!appended.empty()) out += "\n\n" + appended;
    out += resources::tell_context_files(context_files_, workspace_, kMaxNotes);
    const auto room = static_cast<std::size_t>(std::max<std::int64_t>(window.value / 8 * kBytesOfAToken, 0));
    const auto listed = resources::list_skills(skills_, std::min(room, kMaxSkills));
    if (!listed.text.empty()) out += "\n\n" + listed.text;
    if (!listed.left_out.empty()) {
        notices_.push_back(fmt::format(
            "no room in the model's window to tell it of these skills, which you can call as /skill:NAME: {}",
            join(listed.left_out, ", ")));
    }
    return out;
}

}  // namespace hearth::app
