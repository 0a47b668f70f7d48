// What a person does with the files of a session's turns.
#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/json.h"
#include "core/text.h"
#include "tui/detail/moved_files.h"
#include "tui/session_view.h"

namespace hearth::tui {
// First it is asked what would be done: files that others changed since are a person's decision.
void SessionView::take_back(std::string_view type, std::string_view rest) {
    if (busy_) return say(Block::Kind::kWarning, "A run goes on: stop it with escape, or wait for its end.");
    if (!rest.empty() && rest != "force")
        return say(Block::Kind::kWarning, fmt::format("/{}, or /{} force.", type, type));
    const bool force = rest == "force";
    send(type, [&](agent::RpcCommand& command) {
        command.force = force;
        command.look_only = !force;
        if (!force) command.id = kLook;
    });
}

void SessionView::look_answered(std::string_view type, const json::value& data) {
    const auto go = [this, type = std::string(type)](bool force) {
        send(type, [&](agent::RpcCommand& command) { command.force = force; });
    };
    if (!detail::left_for_others(data)) return go(false);
    say(Block::Kind::kWarning, detail::text_of(data));
    std::vector<Choice> choices;
    if (detail::count_of(data, "done") > 0)
        choices.push_back({"leave", "Leave those files, and do the rest", ""});
    choices.push_back({"force", "Overwrite them, too", "what others wrote there is lost, but for redo"});
    choices.push_back({"", "Do nothing", ""});
    open("Somebody else changed files since", std::move(choices), [go](const Choice& choice) {
        if (!choice.value.empty()) go(choice.value == "force");
    });
}

void SessionView::show_diff(std::string_view rest) {
    std::vector<std::int64_t> turns;
    for (const auto word : split(rest, ' ')) {
        if (word.empty()) continue;
        const auto turn = parse_number(word);
        if (!turn || turns.size() == 2)
            return say(Block::Kind::kWarning, "/diff, /diff TURN or /diff TURN TURN: /turns numbers them.");
        turns.push_back(*turn);
    }
    send("diff", [&](agent::RpcCommand& command) {
        if (!turns.empty()) command.from = turns.front();
        if (turns.size() == 2) command.to = turns.back();
    });
}

bool SessionView::answered_about_files(std::string_view type, std::string_view id, const json::value* data) {
    if (data == nullptr) return false;
    if (type == "undo" || type == "redo") {
        if (id == kLook) {
            look_answered(type, *data);
        } else {
            say(Block::Kind::kNote, detail::text_of(*data));
        }
    } else if (type == "restore_files") {
        offer_ways(data);
    } else if (type == "navigate_tree") {
        navigated(*data);
    } else if (type == "get_turns") {
        say(Block::Kind::kNote, detail::text_of(*data));
    } else if (type == "diff") {
        const auto text = string_member(*data, "diff").value_or("");
        if (text.empty()) {
            say(Block::Kind::kNote, "There is no difference.");
        } else {
            say(Block::Kind::kDiff, std::string(text));
        }
    } else {
        return false;
    }
    return true;
}

}  // namespace hearth::tui
