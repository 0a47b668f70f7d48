// The tree of a session: going to another place of it, labels, forks.
#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "agent/branch.h"
#include "core/text.h"
#include "tui/detail/moved_files.h"
#include "tui/session_view.h"

namespace hearth::tui {
namespace {

constexpr std::size_t kLabelBytes = 160;  // of an entry in a list

std::string one_line(std::string_view text) {
    return replace_all(utf8_front(trim(text), kLabelBytes), "\n", " ");
}

// What an entry is known by in a list; empty for one that is not listed.
std::string words_of(const agent::Entry& entry) {
    if (entry.role == "user" && entry.message) return "you: " + one_line(entry.message->text);
    if (entry.role == "assistant" && entry.message) {
        if (!trim(entry.message->text).empty()) return "model: " + one_line(entry.message->text);
        return entry.message->tool_calls.empty() ? std::string()
                                                 : "model: calls " + entry.message->tool_calls.front().name;
    }
    if (entry.type == "branch_summary" && entry.text) return "summary of a branch: " + one_line(*entry.text);
    return entry.type == "compaction" ? "the conversation was made shorter here" : std::string();
}

}  // namespace

void SessionView::open_tree(const std::string& selected) {
    std::vector<Choice> choices;
    std::size_t here = 0;
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        const auto path = agent::branch_path(entries, leaf);
        for (const auto& entry : entries) {
            auto label = words_of(entry);
            if (label.empty()) continue;
            const bool on_path = std::find(path.begin(), path.end(), &entry) != path.end();
            if (selected.empty() ? on_path : entry.id == selected) here = choices.size();
            choices.push_back({entry.id, (on_path ? "\u2502 " : "  ") + std::move(label),
                               agent::label_of(entries, entry.id).value_or("")});
        }
    });
    if (choices.empty()) return say(Block::Kind::kNote, "Nothing was said yet.");
    completion_.reset();
    picker_.emplace("Tree of this session", std::move(choices), here, "app.tree.editLabel");
    chosen_ = [this](const Choice& choice) { go_to(choice.value); };
    other_ = [this](const Choice& choice) { edit_label(choice.value); };
}

// A run that goes on is stopped. Else it is first looked whether the files of that place are others.
void SessionView::go_to(const std::string& entry_id) {
    if (busy_) return navigate(entry_id, false, false);
    std::optional<agent::TreeTarget> target;
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& /*leaf*/) {
        target = agent::tree_target(entries, entry_id);
    });
    if (!target) return;
    tree_entry_ = entry_id;
    send("restore_files", [&](agent::RpcCommand& command) {
        command.id = kLook;
        command.entry_id = target->entry_id;
        command.look_only = true;
    });
}

// Something was said on this branch that is not on the way to the entry.
bool SessionView::leaves_something(const std::string& entry_id) const {
    bool leaves = false;
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        const auto target = agent::tree_target(entries, entry_id);
        if (!target) return;
        const auto other = agent::branch_path(entries, target->entry_id);
        for (const auto* entry : agent::branch_path(entries, leaf)) {
            const bool shared = std::find(other.begin(), other.end(), entry) != other.end();
            if (!shared && entry->role == "assistant") leaves = true;
        }
    });
    return leaves;
}

void SessionView::offer_ways(const json::value* files) {
    const auto entry = std::exchange(tree_entry_, {});
    if (entry.empty()) return;
    const auto changes = files != nullptr ? detail::count_of(*files, "done") : 0;
    const bool summary = leaves_something(entry);
    std::vector<Choice> choices = {{"", "Go there", ""}};
    const auto detail = fmt::format("{} {}{}", changes, changes == 1 ? "file" : "files",
                                    files != nullptr && detail::left_for_others(*files)
                                        ? "; what somebody else changed since stays"
                                        : "");
    if (changes > 0) choices.push_back({"f", "Go there, and bring the files of that point back", detail});
    if (summary)
        choices.push_back({"s", "Go there, with a summary of what is left behind", "the model writes it"});
    if (changes > 0 && summary) choices.push_back({"fs", "Go there, with the files and a summary", detail});
    if (choices.size() == 1) return navigate(entry, false, false);
    open("How", std::move(choices), [this, entry](const Choice& choice) {
        navigate(entry, choice.value.find('s') != std::string::npos, choice.value.starts_with('f'));
    });
}

void SessionView::navigate(const std::string& entry_id, bool summarize, bool restore_files) {
    if (summarize) {
        busy_ = true;
        status_ = "Writing a summary of the branch";
    }
    send("navigate_tree", [&](agent::RpcCommand& command) {
        command.entry_id = entry_id;
        command.summarize = summarize;
        command.restore_files = restore_files;
    });
}

void SessionView::navigated(const json::value& data) {
    if (bool_member(data, "cancelled").value_or(false))
        return say(Block::Kind::kNote, "Stopped: the session is where it was.");
    load();
    if (const auto text = string_member(data, "editorText")) editor_.set_text(*text);
    if (const auto* files = member(data, "files")) say(Block::Kind::kNote, detail::text_of(*files));
}

void SessionView::edit_label(const std::string& entry_id) {
    std::string now;
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& /*leaf*/) {
        now = agent::label_of(entries, entry_id).value_or("");
    });
    ask("Label (empty: none)", now, [this, entry_id](const std::string& text) {
        send("set_label", [&](agent::RpcCommand& command) {
            command.entry_id = entry_id;
            command.label = text;
        });
        open_tree(entry_id);
    });
}

void SessionView::open_fork() {
    std::vector<Choice> choices;
    desk_.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        for (const auto* entry : agent::branch_path(entries, leaf)) {
            if (entry->role == "user" && entry->message)
                choices.push_back({entry->id, one_line(entry->message->text), ""});
        }
    });
    if (choices.empty())
        return say(Block::Kind::kNote, "Nothing was said yet that a session could be forked from.");
    const auto last = choices.size() - 1;
    open(
        "Fork before the message", std::move(choices),
        [this](const Choice& choice) {
            send("fork", [&](agent::RpcCommand& command) { command.entry_id = choice.value; });
        },
        last);
}

void SessionView::ask(std::string title, std::string_view text,
                      std::function<void(const std::string&)> answered) {
    completion_.reset();
    wanted_ = WantedText{std::move(title), std::move(answered), editor_.text()};
    editor_.set_text(text);
}

void SessionView::end_question(bool answered) {
    const auto question = *std::exchange(wanted_, std::nullopt);
    const auto text = std::string(trim(editor_.text()));
    editor_.set_text(question.draft);
    if (answered) question.answered(text);
}

}  // namespace hearth::tui
