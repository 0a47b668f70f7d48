#include "tui/keymap.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::tui {
namespace {

struct Default {
    std::string_view action;
    std::string_view keys;  // separated by spaces
    std::string_view meaning;
};

constexpr auto kDefaults = std::to_array<Default>({
    {"tui.input.submit", "enter", "send; steer while a run goes on"},
    {"app.message.followUp", "alt+enter", "send when the run has ended"},
    {"app.message.dequeue", "alt+up", "take queued messages back"},
    {"tui.input.newLine", "shift+enter ctrl+j", "new line"},
    {"tui.input.tab", "tab", "complete a command or a file"},
    {"app.interrupt", "escape", "stop what goes on; close a list"},
    {"app.clear", "ctrl+c", "empty the editor; stop what goes on; twice: end"},
    {"app.exit", "ctrl+d", "end, when the editor is empty"},
    {"app.suspend", "ctrl+z", "suspend; fg goes on"},
    {"app.editor.external", "ctrl+g", "write in $VISUAL or $EDITOR"},
    {"app.tools.expand", "ctrl+o", "show or fold what tools printed"},
    {"app.thinking.toggle", "ctrl+t", "show or fold thinking"},
    {"app.thinking.cycle", "shift+tab", "next level of thinking"},
    {"app.model.select", "ctrl+l", "choose a model"},
    {"app.model.cycleForward", "ctrl+p", "next model"},
    {"app.message.copy", "ctrl+x", "copy the last answer"},
    {"app.session.new", "", "new session (/new)"},
    {"app.session.tree", "", "tree of the session (/tree)"},
    {"app.session.fork", "", "fork (/fork)"},
    {"app.tree.editLabel", "L", "in the tree: label an entry"},
    {"app.session.resume", "", "another session (/resume)"},
    {"tui.editor.undo", "ctrl+-", "undo"},
    {"tui.editor.cursorUp", "up", "up; at the top: earlier prompts"},
    {"tui.editor.cursorDown", "down", "down; at the bottom: later prompts"},
    {"tui.editor.historyPrevious", "", "earlier prompt"},
    {"tui.editor.historyNext", "", "later prompt"},
    {"tui.editor.cursorLeft", "left ctrl+b", "left"},
    {"tui.editor.cursorRight", "right ctrl+f", "right"},
    {"tui.editor.cursorWordLeft", "alt+left ctrl+left alt+b", "one word left"},
    {"tui.editor.cursorWordRight", "alt+right ctrl+right alt+f", "one word right"},
    {"tui.editor.cursorLineStart", "home ctrl+a", "start of the line"},
    {"tui.editor.cursorLineEnd", "end ctrl+e", "end of the line"},
    {"tui.editor.deleteCharBackward", "backspace shift+backspace", "delete the character before"},
    {"tui.editor.deleteCharForward", "delete ctrl+d", "delete the character behind"},
    {"tui.editor.deleteWordBackward", "ctrl+w alt+backspace ctrl+backspace", "delete the word before"},
    {"tui.editor.deleteWordForward", "alt+d alt+delete", "delete the word behind"},
    {"tui.editor.deleteToLineStart", "ctrl+u", "delete to the start of the line"},
    {"tui.editor.deleteToLineEnd", "ctrl+k", "delete to the end of the line"},
    {"tui.editor.yank", "ctrl+y", "put what was deleted last"},
    {"tui.editor.yankPop", "alt+y", "… or what was deleted before it"},
    {"tui.select.up", "up ctrl+p", "in lists: up"},
    {"tui.select.down", "down ctrl+n", "in lists: down"},
    {"tui.select.pageUp", "pageUp", "in lists: a page up"},
    {"tui.select.pageDown", "pageDown", "in lists: a page down"},
    {"tui.select.confirm", "enter", "in lists: take it"},
    {"tui.select.cancel", "escape ctrl+c", "in lists: close"},
});

constexpr auto kNames = std::to_array<std::string_view>(
    {"escape", "enter",    "tab", "space", "backspace", "delete", "insert", "home", "end",
     "pageUp", "pageDown", "up",  "down",  "left",      "right",  "f1",     "f2",   "f3",
     "f4",     "f5",       "f6",  "f7",    "f8",        "f9",     "f10",    "f11",  "f12"});

std::optional<std::string> key_name(std::string_view written) {
    auto lower = to_lower_ascii(written);
    if (lower == "esc") return "escape";
    if (lower == "return") return "enter";
    for (const auto name : kNames) {
        if (to_lower_ascii(name) == lower) return std::string(name);
    }
    if (written.size() == 1 && written.front() > ' ' && written.front() <= '~') return lower;
    return std::nullopt;
}

std::vector<std::string> keys_in(const json::value& value, std::string_view action,
                                 std::vector<std::string>& notices) {
    std::vector<std::string> out;
    const auto take = [&](const json::value& each) {
        if (!each.is_string()) {
            notices.push_back(fmt::format("{}: a key is a string", action));
            return;
        }
        if (auto key = normal_key(std::string_view(each.get_string()))) {
            out.push_back(*std::move(key));
        } else {
            notices.push_back(fmt::format("{}: {}", action, key.error().message()));
        }
    };
    if (const auto* list = value.if_array()) {
        for (const auto& each : *list)
            take(each);
    } else {
        take(value);
    }
    return out;
}

}  // namespace

Keymap Keymap::defaults() {
    Keymap map;
    for (const auto& row : kDefaults) {
        auto& keys = map.keys_[std::string(row.action)];
        for (const auto key : split(row.keys, ' ')) {
            if (!key.empty()) keys.emplace_back(key);
        }
    }
    return map;
}

Result<Keymap> Keymap::parse(std::string_view text, std::vector<std::string>& notices) {
    const auto value = TRY(parse_json(text, {.max_bytes = std::size_t{1} << 20U}));
    if (!value.is_object())
        return Error(Code::kCorrupt, "key bindings are one JSON object: {\"ACTION\": \"KEY\"}");
    auto map = defaults();
    for (const auto& member : value.get_object()) {
        const auto action = std::string(member.key());
        const auto row = map.keys_.find(action);
        if (row == map.keys_.end()) continue;
        const auto before = notices.size();
        auto keys = keys_in(member.value(), action, notices);
        if (keys.empty() && notices.size() > before) continue;  // nothing in it was a key: as it was
        row->second = std::move(keys);
    }
    return map;
}

bool Keymap::is(const Key& key, std::string_view action) const {
    const auto row = keys_.find(action);
    if (row == keys_.end() || row->second.empty() || key.name == "paste") return false;
    const auto id = key.id();
    return std::find(row->second.begin(), row->second.end(), id) != row->second.end();
}

std::string Keymap::first_key(std::string_view action) const {
    const auto row = keys_.find(action);
    return row == keys_.end() || row->second.empty() ? std::string() : row->second.front();
}

std::vector<Keymap::Row> Keymap::rows() const {
    std::vector<Row> out;
    for (const auto& each : kDefaults)
        out.push_back({std::string(each.action), keys_.find(each.action)->second, std::string(each.meaning)});
    return out;
}

Result<std::string> normal_key(std::string_view written) {
    const auto refuse = [&] {
        return Error(
            Code::kInvalidInput,
            fmt::format("'{}' is no key: write modifiers and a key, such as ctrl+shift+x, alt+enter or f5",
                        printable(written)));
    };
    Key key;
    auto rest = written;
    // A plus sign may be the key itself.
    for (auto at = rest.find('+'); at != std::string_view::npos && at > 0 && at + 1 < rest.size();
         at = rest.find('+')) {
        const auto word = to_lower_ascii(rest.substr(0, at));
        if (word == "ctrl") {
            key.ctrl = true;
        } else if (word == "shift") {
            key.shift = true;
        } else if (word == "alt") {
            key.alt = true;
        } else if (word == "super") {
            key.super = true;
        } else {
            return refuse();
        }
        rest.remove_prefix(at + 1);
    }
    auto name = key_name(rest);
    if (!name) return refuse();
    key.name = *std::move(name);
    // As it is typed: a capital.
    const bool capital = key.shift && !key.ctrl && !key.alt && !key.super && key.name.size() == 1;
    if (capital && key.name.front() >= 'a' && key.name.front() <= 'z') {
        key.name.front() = static_cast<char>(key.name.front() - 'a' + 'A');
        key.shift = false;
    }
    return key.id();
}

}  // namespace hearth::tui
