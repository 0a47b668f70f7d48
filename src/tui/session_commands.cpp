// What a person asks for with "/", with "@", and from lists.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "agent/branch.h"
#include "core/text.h"
#include "tui/session_view.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kOffered = 8;   // completions
constexpr std::size_t kLoaded = 200;  // blocks of a session that are written out when it is opened

struct CommandRow {
    std::string_view name;
    std::string_view meaning;
};

constexpr auto kCommands = std::to_array<CommandRow>({
    {"help", "what can be done here"},
    {"hotkeys", "all keys"},
    {"model", "choose a model; /model NAME takes it"},
    {"thinking", "the next level of thinking; /thinking high takes one"},
    {"new", "a new session"},
    {"resume", "go on with another session of this folder"},
    {"tree", "go to another place of this session; L labels one"},
    {"undo",
     "take back what the last message changed in the files; /undo force: also what others wrote there"},
    {"redo", "bring back what was taken back last"},
    {"turns", "the turns that changed files"},
    {"diff",
     "what undo would take back; /diff 2: what turn 2 changed; /diff 2 4: from the end of one to the other"},
    {"fork", "a new session from an earlier message"},
    {"clone", "a copy of this session"},
    {"name", "name this session: /name TEXT"},
    {"session", "file, messages and tokens of this session"},
    {"plan", "plan first: /plan TASK; then sign, edit, drop, allow FILE"},
    {"compact", "make the conversation shorter; /compact TEXT says what to keep"},
    {"export", "write the session as a page; /export FILE.html"},
    {"copy", "copy the last answer"},
    {"theme", "dark, light, or one of your own: /theme NAME"},
    {"quit", "end"},
});

}  // namespace

void SessionView::load() {
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        const auto path = agent::branch_path(entries, leaf);
        transcript_.load(path);
        for (const auto* entry : path) {
            if (entry->role == "user" && entry->message) editor_.remember(entry->message->text);
        }
    });
    const auto count = transcript_.blocks().size();
    first_ = count > kLoaded ? count - kLoaded : 0;
    shown_ = first_;
}

void SessionView::command(std::string_view text, bool follow_up) {
    const auto space = text.find(' ');
    const auto name = text.substr(1, space == std::string_view::npos ? space : space - 1);
    const std::string rest(space == std::string_view::npos ? "" : trim(text.substr(space)));
    const auto given = [&](std::optional<std::string> agent::RpcCommand::* where) {
        return [&rest, where](agent::RpcCommand& command) {
            if (!rest.empty()) command.*where = rest;
        };
    };
    if (name == "help") return show_help();
    if (name == "hotkeys") return show_keys();
    if (name == "model") return rest.empty() ? open_models() : choose_model(rest);
    if (name == "thinking") return think(rest);
    if (name == "new") return send("new_session");
    if (name == "resume") return open_sessions();
    if (name == "tree") return open_tree();
    if (name == "fork") return open_fork();
    if (name == "undo" || name == "redo") return take_back(name, rest);
    if (name == "turns") return send("get_turns");
    if (name == "diff") return show_diff(rest);
    if (name == "clone") return send("clone");
    if (name == "name") return send("set_session_name", given(&agent::RpcCommand::name));
    if (name == "session") return send("get_session_stats");
    if (name == "export") return send("export_html", given(&agent::RpcCommand::output_path));
    if (name == "copy") return send("get_last_assistant_text");
    if (name == "theme") return set_theme(rest);
    if (name == "plan") return plan(rest);
    if (name == "compact") {
        if (busy_)
            return say(Block::Kind::kWarning, "A run goes on: stop it with escape, or wait for its end.");
        busy_ = true;
        return send("compact", given(&agent::RpcCommand::custom_instructions));
    }
    if (name == "quit" || name == "exit") {
        ended_ = true;
        return;
    }
    const auto more = desk_.commands();
    if (std::any_of(more.begin(), more.end(), [&](const Choice& each) { return each.label == name; })) {
        // Of an extension it is run now; a prompt or a skill is said, or queued behind what goes on.
        return send("prompt", [&](agent::RpcCommand& command) {
            command.message = std::string(text);
            command.streaming_behavior = follow_up ? "followUp" : "steer";
        });
    }
    say(Block::Kind::kError, fmt::format("There is no command /{}: /help lists them.", name));
}

void SessionView::set_theme(const std::string& name) {
    auto theme = desk_.theme(name);
    if (!theme) return say(Block::Kind::kWarning, theme.error().message());
    theme_ = *std::move(theme);
    redraw_ = true;
}

void SessionView::show_help() {
    std::string text;
    for (const auto& row : kCommands)
        text += fmt::format("/{:<10} {}\n", row.name, row.meaning);
    for (const auto& each : desk_.commands())
        text += fmt::format("/{:<10} {}\n", each.label, each.detail);
    text += "\n@           a file of this folder: letters of its name find it\n";
    text += "!command    runs it, contained, and tells the model; !!command does not tell\n";
    text +=
        "\nenter sends; while the model works it steers, alt+enter waits for the end, escape stops. /hotkeys "
        "has all keys.";
    say(Block::Kind::kNote, std::move(text));
}

void SessionView::show_keys() {
    std::string text;
    for (const auto& row : keymap_.rows()) {
        if (!row.keys.empty()) text += fmt::format("{:<34} {}\n", join(row.keys, ", "), row.meaning);
    }
    say(Block::Kind::kNote, std::move(text));
}

void SessionView::open(std::string title, std::vector<Choice> choices, OnChosen chosen,
                       std::size_t selected) {
    completion_.reset();
    picker_.emplace(std::move(title), std::move(choices), selected);
    chosen_ = std::move(chosen);
}

void SessionView::open_models() {
    auto models = desk_.models();
    if (!models) return say(Block::Kind::kError, models.error().message());
    open("Models", *std::move(models), [this](const Choice& choice) { choose_model(choice.value); });
}

void SessionView::choose_model(std::string_view value) {
    const auto slash = value.find('/');
    // A name alone is one of hearth's own, or of the server: whichever has it.
    const auto models = desk_.models();
    if (!models) return say(Block::Kind::kError, models.error().message());
    const auto found = std::find_if(models->begin(), models->end(), [&](const Choice& each) {
        const auto at = each.value.find('/');
        return each.value == value || (slash == std::string_view::npos && each.value.substr(at + 1) == value);
    });
    // Providers elsewhere have more than are listed.
    if (found == models->end() && slash == std::string_view::npos)
        return say(Block::Kind::kError, fmt::format("There is no model {} here: /model lists them.", value));
    const auto name = found == models->end() ? std::string(value) : found->value;
    const auto at = name.find('/');
    send("set_model", [&](agent::RpcCommand& command) {
        command.provider = name.substr(0, at);
        command.model_id = name.substr(at + 1);
    });
}

void SessionView::think(const std::string& level) {
    if (level.empty()) return send("cycle_thinking_level");
    send("set_thinking_level", [&](agent::RpcCommand& command) { command.level = level; });
}

void SessionView::open_sessions() {
    auto sessions = desk_.sessions();
    if (!sessions) return say(Block::Kind::kError, sessions.error().message());
    if (sessions->empty()) return say(Block::Kind::kNote, "There are no sessions of this folder yet.");
    open("Sessions of this folder", *std::move(sessions), [this](const Choice& choice) {
        send("switch_session", [&](agent::RpcCommand& command) { command.session_path = choice.value; });
    });
}

// Offers what the word before the cursor may become.
void SessionView::complete() {
    completion_.reset();
    const auto before = std::string_view(editor_.shown_text()).substr(0, editor_.cursor());
    const auto blank = before.find_last_of(" \n\t");
    const auto begin = blank == std::string_view::npos ? 0 : blank + 1;
    const auto word = before.substr(begin);
    std::vector<Choice> all;
    if (begin == 0 && word.starts_with('/')) {
        for (const auto& row : kCommands)
            all.push_back({"/" + std::string(row.name), std::string(row.name), std::string(row.meaning)});
        for (auto& each : desk_.commands())
            all.push_back(std::move(each));
    } else if (word.starts_with('@')) {
        all = desk_.files();
    } else {
        return;
    }
    Completion offered{.begin = begin};
    for (const auto each : best_matches(all, word.substr(1), kOffered))
        offered.choices.push_back(std::move(all[each]));
    const bool nothing_left = offered.choices.empty() || offered.choices.front().value == word;
    if (!nothing_left) completion_ = std::move(offered);
}

void SessionView::accept_completion() {
    const auto offered = std::exchange(completion_, std::nullopt);
    const auto& choice = offered->choices[offered->selected];
    const bool file = choice.value.front() == '@';
    editor_.replace_before_cursor(offered->begin, choice.value + (file ? " " : ""));
}

}  // namespace hearth::tui
