#include "app/code_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace hearth::app {

void declare_session(Options& options, SessionOptions& session) {
    options.choice("--mode", session.mode, {"text", "json", "rpc"},
                   "text; the events of a session as JSON lines; pi's protocol on standard input and output");
    options.flag("-c,--continue", session.latest, "go on with the latest session of this folder");
    options.flag("-r,--resume", session.resume, "choose a session of this folder from a list");
    options.option("--session", session.session,
                   "go on with this session: a file, or the beginning of an id");
    options.option("--fork", session.fork, "go on with a copy of this session");
    options.flag("--no-session", session.in_memory, "keep the session in memory only");
    options.option("--session-dir", session.folder, "folder of the sessions");
    options.option("-n,--name", session.name, "name of the session");
    options.option("--provider", session.provider, "who serves the model: hearth, or server with --server");
    options.option(
        "--system-prompt", session.resources.system,
        "what a model is told first: a text or a file (without it: SYSTEM.md, where there is one)");
    options.option("--append-system-prompt", session.resources.append_system,
                   "what it is told behind that: a text or a file (without it: APPEND_SYSTEM.md)");
    options.repeated("--skill", session.resources.skills,
                     "use this skill: a SKILL.md, or a folder with some; it is called as /skill:NAME");
    options.flag("--no-skills", session.resources.no_skills, "only those of --skill");
    options.repeated("--prompt-template", session.resources.prompts,
                     "use this prompt: a Markdown file, or a folder of them; it is called as /NAME");
    options.flag("--no-prompt-templates", session.resources.no_prompts, "only those of --prompt-template");
    options.flag("--no-context-files", session.resources.no_context_files,
                 "no AGENTS.md and its like stands in the prompt");
    options.option("--theme", session.theme,
                   "of a session at a terminal: dark, light, one of your themes, or a file");
    options.repeated("-e,--extension", session.extensions.paths,
                     "use this extension: a program, a .ts or .js file written for pi, or a folder");
    options.flag("--no-extensions", session.extensions.none, "only those of --extension");
    options.flag("--trust-project", session.extensions.trust_project,
                 "use what the project brings for this run: extensions, skills, prompts, settings");
    options.repeated("--extension-flag", session.extensions.flags,
                     "NAME or NAME=TEXT: an option that an extension has");
    options.rest("MESSAGE", session.prompts, "what to do, told one after the other");
}

std::vector<std::string> as_here(Arguments arguments) {
    static constexpr auto kShort =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"-ne", "--no-extensions"},
                                                                      {"-ns", "--no-skills"},
                                                                      {"-np", "--no-prompt-templates"},
                                                                      {"-nc", "--no-context-files"}});
    std::vector<std::string> out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        const bool bare = i + 1 == arguments.size() || arguments[i + 1].starts_with('-');
        if (word == "--print" || (word == "-p" && bare)) continue;
        const auto* const named =
            std::find_if(kShort.begin(), kShort.end(), [&](const auto& each) { return each.first == word; });
        out.emplace_back(named == kShort.end() ? std::string_view(word) : named->second);
    }
    return out;
}

}  // namespace hearth::app
