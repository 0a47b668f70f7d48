#include "app/code_options.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "chat/thinking.h"

namespace hearth::app {

void declare(Options& options, SessionOptions& session) {
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
    options.option(
        "--provider", session.provider,
        "who serves the model of --model: hearth, server with --server, or one elsewhere (anthropic, "
        "openai, …)");
    options.choice("--thinking", session.thinking, chat::thinking_level_names(),
                   "how long a model elsewhere thinks; also behind its name: -m anthropic/MODEL:high");
    options.flag("--list-models", session.list_models,
                 "list the models and providers; a word behind it lists those that have it in their name");
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
    options.option(
        "-t,--tools", session.tools.only,
        "the tools of a session: these alone, as in read,grep,find,ls (of read, write, edit, bash, "
        "search, grep, find, ls and those of extensions; * stands for any characters), or with + and "
        "- before each the usual ones with these changes: +grep,-write");
    options.option("--exclude-tools", session.tools.without, "not these tools, whatever else is said (-xt)");
    options.flag("--no-tools", session.tools.none, "no tools but those that --tools names (-nt)");
    options.flag("--no-builtin-tools", session.tools.no_builtin,
                 "only tools of extensions, and those that --tools names (-nbt)");
    options.flag("--evidence", session.evidence,
                 "the model has tools to keep quotes with their source, which outlive a shortened context");
    options.flag("--background-shells", session.background_shells,
                 "commands of the model can go on while it works: servers, watchers, long tests");
    options.flag("--trust-project", session.extensions.trust_project,
                 "use what the project brings for this run: extensions, skills, prompts, settings");
    options.repeated("--extension-flag", session.extensions.flags,
                     "NAME or NAME=TEXT: an option that an extension has");
    options.rest("MESSAGE", session.prompts, "what to do, told one after the other");
}

// What the harness does beside asking the model.
void declare_mechanisms(Options& options, JobOptions& job) {
    options.repeated(
        "--without", job.without,
        "leave a part of the harness out, to measure what it is worth: lines (suspected lines one by "
        "one), rewrites (functions anew, without their bodies in view), gaps (forgotten lines, by a model "
        "that was trained to fill gaps), search (small changes and functions "
        "of other answers, tried without the model), agreement "
        "(without tests: "
        "examples of the task, tests of the model's own, and what several answers agree on)");
    options.flag("--memory", job.memory,
                 "give this project a memory (.hearth/memory), which later runs read and keep without this "
                 "option");
    options.flag(
        "--cards", job.cards,
        "tell the model at most one card at a time: how a kind of problem is solved, or how a tool is "
        "called (off without this option or [code] cards in config.toml, since what it gains is not "
        "measured yet; --no-card is about another card, the model's)");
    options.flag("--plan", job.plan,
                 "first write PLAN.md: nothing is run or changed before it is signed, and nothing beside it "
                 "afterwards");
    options.option("--sign-off", job.sign_off,
                   "who signs the plan: yes (you, now), hook (a program named in config.toml), or the file "
                   "of a plan that you have read, as PLAN.md (without it: you are asked, or nobody); no: a "
                   "session's plan is dropped");
    options.choice(
        "--permissions", job.permissions, {"ask", "edits", "auto"},
        "what the model's calls need beside your policy: ask (a yes for each command and change), edits "
        "(changes of "
        "files need none), auto (none: the sandbox contains them); without it [code] permissions in "
        "config.toml, else auto");
    options.choice(
        "--syntax-gate", job.syntax_gate, {"on", "off"},
        "where the model has tools: take a change back that breaks the syntax of a file, and say so "
        "at once; without it [code] syntax_gate in config.toml, else on for models here and of "
        "--server, off for models elsewhere");
}

void declare(Options& options, CodeRequest& request, JobOptions& job) {
    options.option("-p,--prompt", request.prompt, "what to do (without it: make the tests pass)");
    options.flag("--fix", job.fix,
                 "make the tests of this folder pass, which is also done without a terminal");
    options.option("--test", request.test_command,
                   "command that builds and tests the project (without it: detected)");
    options.flag("--no-test", job.no_test, "make the change without running tests");
    options.option("-C,--directory", job.directory, "the project's folder");
    options.repeated(
        "--allow-host", job.allow_host,
        "let commands ask this host (without it, and without [egress] in config.toml: no network): "
        "pypi.org, 'GET,POST https://HOST/PATH', http://127.0.0.2:8080; with a secret of `hearth secret`: "
        "'HOST with NAME in Authorization: Bearer {}'");
    options.repeated(
        "--secret", job.secrets,
        "NAME=VARIABLE: the variable of commands with a placeholder for a secret that --allow-host "
        "names, in whose place the secret itself is sent there; without it NAME in upper case");
    options.option("-m,--model", request.model,
                   "model to use: an installed one, or one elsewhere as PROVIDER/MODEL (without it: "
                   "HEARTH_MODEL, else the largest installed one)");
    options.option(
        "--server", request.server,
        "use this OpenAI-compatible server (http://HOST:PORT or unix:/PATH) instead of an own engine");
    options.option("--seconds", request.seconds, "time for the whole run", 1, 86'400);
    options.option("--candidates", job.candidates,
                   "answers generated at once (without it what `hearth probe` found best, else 4)", 1, 16);
    options.flag("--no-card", job.no_card, "do not work by what `hearth probe` found out about the model");
    options.option("--thinking-budget", request.thinking_budget,
                   "tokens that the model may think before it answers, in the job a quarter after steps that "
                   "went well and double after a failure (without it 1024 in the job; 0: none)",
                   0, 131'072);
    options.option("--context", job.context, "context window in tokens (without it 8192, or the server's)",
                   2048, 1'048'576);
    options.option("--seed", request.seed, "draw answers from this seed, for runs that are alike");
    options.choice("--edit", job.form, {"auto", "text", "tools"},
                   "how the model edits: code blocks (small models) or tool calls");
    declare_mechanisms(options, job);
    options.flag("--json", job.as_json, "print the result as JSON, and nothing else");
    options.flag("-v,--verbose", job.verbose, "show each request's tokens and times");
}

std::vector<std::string> as_here(Arguments arguments) {
    static constexpr auto kShort =
        std::to_array<std::pair<std::string_view, std::string_view>>({{"-ne", "--no-extensions"},
                                                                      {"-ns", "--no-skills"},
                                                                      {"-np", "--no-prompt-templates"},
                                                                      {"-nc", "--no-context-files"},
                                                                      {"-nt", "--no-tools"},
                                                                      {"-nbt", "--no-builtin-tools"},
                                                                      {"-xt", "--exclude-tools"}});
    std::vector<std::string> out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& word = arguments[i];
        const bool bare = i + 1 == arguments.size() || arguments[i + 1].starts_with('-');
        if (word == "--print" || (word == "-p" && bare)) continue;
        const bool has_list = word == "-t" || word == "--tools";
        if (has_list && bare && i + 1 < arguments.size() && !arguments[i + 1].starts_with("--")) {
            out.push_back("--tools=" + arguments[++i]);
            continue;
        }
        const auto* const named =
            std::find_if(kShort.begin(), kShort.end(), [&](const auto& each) { return each.first == word; });
        out.emplace_back(named == kShort.end() ? std::string_view(word) : named->second);
    }
    return out;
}

}  // namespace hearth::app
