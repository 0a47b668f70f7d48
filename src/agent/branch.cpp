#include "agent/branch.h"

#include <algorithm>
#include <map>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

using chat::Role;

// The prompt that system messages come to when they are read in order: each may replace or take away named sections.
class SystemPrompt {
public:
    void take(const Entry& entry) {
        const auto value = parse_json(entry.json);
        const auto* body = value ? member(*value, "message") : nullptr;
        const auto* sections = body != nullptr ? member(*body, "sections") : nullptr;
        if (sections == nullptr || !sections->is_object()) {
            set("", entry.message->text);
            return;
        }
        if (const auto content = string_member(*body, "content"); content && !content->empty())
            set("", std::string(*content));
        for (const auto& [name, text] : sections->get_object())
            set(std::string(name), text.is_string() ? std::string(text.get_string()) : std::string());
    }

    [[nodiscard]] std::string text() const {
        std::string out;
        for (const auto& [name, text] : sections_) {
            if (text.empty()) continue;
            if (!out.empty()) out += "\n\n";
            out += text;
        }
        return out;
    }

private:
    void set(const std::string& name, std::string text) {
        const auto found = std::find_if(sections_.begin(), sections_.end(),
                                        [&](const auto& section) { return section.first == name; });
        if (found != sections_.end()) {
            found->second = std::move(text);
        } else {
            sections_.emplace_back(name, std::move(text));
        }
    }

    std::vector<std::pair<std::string, std::string>> sections_;
};

bool failed(const Entry& entry) {
    return entry.facts.aborted || entry.facts.reason == chat::StopReason::kError;
}

// Adds results that say so for the calls of the last answer that got none.
void close_calls(std::vector<ContextItem>& items, std::vector<std::string>& open) {
    for (auto& id : open) {
        items.push_back({nullptr,
                         {.role = Role::kTool,
                          .text = "There is no result: this call was not run to its end.",
                          .tool_call_id = std::move(id)}});
    }
    open.clear();
}

class ContextBuilder {
public:
    explicit ContextBuilder(const std::vector<const Entry*>& path) : path_(path) {
        for (const auto* entry : path) {
            if (entry->type == "context_edit") edits_[entry->target_id] = entry;
        }
    }

    std::vector<ContextItem> build() && {
        const auto told = active_entries(path_);
        const bool compacted = !told.empty() && told.front()->type == "compaction";
        take_system(compacted ? told.front() : nullptr);
        for (std::size_t i = 0; i < told.size(); ++i) {
            const bool result_follows =
                i + 1 < told.size() && told[i + 1]->message && told[i + 1]->message->role == Role::kTool;
            if (told[i]->message && told[i]->message->role == Role::kAssistant && failed(*told[i]) &&
                !result_follows)
                continue;
            take(*told[i]);
        }
        close_calls(items_, open_);
        return std::move(items_);
    }

private:
    // A compaction may hold the prompt as it was then; without one every system message of the path counts.
    void take_system(const Entry* compaction) {
        SystemPrompt prompt;
        const Entry* first = nullptr;
        bool counts = compaction == nullptr || compaction->custom_data.empty();
        std::string checkpoint = counts ? std::string() : compaction->custom_data;
        for (const auto* entry : path_) {
            if (entry == compaction) counts = true;
            if (!counts || !entry->message || entry->message->role != Role::kSystem) continue;
            if (first == nullptr) first = entry;
            prompt.take(*entry);
        }
        auto text = prompt.text();
        if (!checkpoint.empty()) text = text.empty() ? checkpoint : checkpoint + "\n\n" + text;
        if (!text.empty()) items_.push_back({first, {.role = Role::kSystem, .text = std::move(text)}});
    }

    void take(const Entry& entry) {
        if (!entry.message || entry.hidden || entry.message->role == Role::kSystem) return;
        auto message = *entry.message;
        if (message.role == Role::kAssistant && !entry.facts.model.empty())
            message.author = entry.facts.provider + "/" + entry.facts.model;
        if (const auto edit = edits_.find(entry.id); edit != edits_.end()) {
            if (!edit->second->text) return;
            message.text = *edit->second->text;
            message.images.clear();  // they were part of what is replaced
        }
        if (message.role == Role::kTool) {
            const auto answered = std::find(open_.begin(), open_.end(), message.tool_call_id);
            if (answered == open_.end()) return;  // of a call that is not told
            open_.erase(answered);
        } else {
            close_calls(items_, open_);
        }
        for (const auto& call : message.tool_calls)
            open_.push_back(call.id);
        items_.push_back({&entry, std::move(message)});
    }

    const std::vector<const Entry*>& path_;
    std::map<std::string, const Entry*, std::less<>> edits_;  // by target; the last on the path counts
    std::vector<ContextItem> items_;
    std::vector<std::string> open_;  // ids of calls that wait for their result
};

}  // namespace

std::vector<const Entry*> branch_path(const std::vector<Entry>& entries, std::string_view leaf) {
    std::map<std::string_view, std::size_t> by_id;
    for (std::size_t i = 0; i < entries.size(); ++i)
        by_id[entries[i].id] = i;
    std::vector<const Entry*> path;
    auto found = by_id.find(leaf);
    if (found == by_id.end()) return path;
    auto at = found->second;
    while (path.size() <= entries.size()) {  // a damaged file may hold a ring of parents
        path.push_back(&entries[at]);
        const auto& parent = entries[at].parent_id;
        if (parent.empty()) break;
        found = by_id.find(parent);
        if (found != by_id.end()) {
            at = found->second;
        } else if (at > 0) {
            --at;
        } else {
            break;
        }
    }
    std::reverse(path.begin(), path.end());
    return path;
}

std::vector<const Entry*> active_entries(const std::vector<const Entry*>& path) {
    const auto latest = std::find_if(path.rbegin(), path.rend(),
                                     [](const Entry* entry) { return entry->type == "compaction"; });
    if (latest == path.rend()) return path;
    const auto compaction = std::prev(latest.base());
    std::vector<const Entry*> told = {*compaction};
    const auto kept = std::find_if(path.begin(), compaction,
                                   [&](const Entry* entry) { return entry->id == (*compaction)->target_id; });
    std::copy(kept, compaction, std::back_inserter(told));
    std::copy(std::next(compaction), path.end(), std::back_inserter(told));
    return told;
}

std::vector<ContextItem> branch_context(const std::vector<const Entry*>& path) {
    return ContextBuilder(path).build();
}

std::optional<TreeTarget> tree_target(const std::vector<Entry>& entries, std::string_view id) {
    const auto entry =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& each) { return each.id == id; });
    if (entry == entries.end()) return std::nullopt;
    if (entry->role != "user" || !entry->message) return TreeTarget{entry->id, {}};
    return TreeTarget{entry->parent_id, entry->message->text};
}

BranchFacts branch_facts(const std::vector<const Entry*>& path) {
    BranchFacts facts;
    for (const auto* entry : path) {
        if (entry->type == "session_info") facts.name = entry->text;
        if (entry->type == "model_change") {
            facts.provider = entry->facts.provider;
            facts.model = entry->facts.model;
        }
        if (entry->type == "thinking_level_change") facts.thinking = entry->text.value_or("");
    }
    if (facts.name && facts.name->empty()) facts.name.reset();
    return facts;
}

std::string first_words(const std::vector<const Entry*>& path, std::size_t bytes) {
    for (const auto* entry : path) {
        if (entry->role != "user" || !entry->message) continue;
        auto text = entry->message->text;
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
        return shortened(trim(text), bytes);
    }
    return {};
}

std::optional<std::string> label_of(const std::vector<Entry>& entries, std::string_view id) {
    const auto last = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
        return entry.type == "label" && entry.target_id == id;
    });
    return last == entries.rend() ? std::nullopt : last->text;
}

}  // namespace hearth::agent
