#include "agent/session_report.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

std::string leaf_json(std::string_view leaf) { return leaf.empty() ? "null" : json_quote(leaf); }

void copy_member(const json::value& from, std::string_view name, json::object& to) {
    if (const auto* value = member(from, name)) to[name] = *value;
}

// An entry of another type as the message that it stands for.
std::string as_message(const Entry& entry) {
    const auto value = parse_json(entry.json);
    if (!value) return {};
    if (entry.type == "message") {
        const auto* body = member(*value, "message");
        return body != nullptr ? json::serialize(*body) : std::string();
    }
    json::object out;
    if (entry.type == "compaction") {
        out["role"] = "compactionSummary";
        copy_member(*value, "summary", out);
        copy_member(*value, "tokensBefore", out);
    } else if (entry.type == "branch_summary") {
        out["role"] = "branchSummary";
        copy_member(*value, "summary", out);
        copy_member(*value, "fromId", out);
    } else if (entry.type == "custom_message") {
        out["role"] = "custom";
        for (const auto* name : {"customType", "content", "display", "details"})
            copy_member(*value, name, out);
    } else {
        return {};
    }
    copy_member(*value, "timestamp", out);
    return json::serialize(out);
}

// The prompt that a compaction kept stands before its summary.
void add_checkpoint(const Entry& compaction, std::vector<std::string>& messages) {
    const auto value = parse_json(compaction.json);
    const auto* system = value ? member(*value, "systemMessage") : nullptr;
    if (system != nullptr) messages.push_back(json::serialize(*system));
}

// Children by parent, in the order of the log; the roots are those of "".
using Children = std::map<std::string_view, std::vector<const Entry*>>;

Children children_of(const std::vector<Entry>& entries) {
    std::set<std::string_view> known;
    for (const auto& entry : entries)
        known.insert(entry.id);
    Children children;
    for (const auto& entry : entries) {
        const bool orphan =
            entry.parent_id.empty() || entry.parent_id == entry.id || !known.contains(entry.parent_id);
        children[orphan ? std::string_view() : std::string_view(entry.parent_id)].push_back(&entry);
    }
    return children;
}

// What follows the children of a node: its label, if it has one.
std::string node_end(const Entry& entry, const std::map<std::string_view, const Entry*>& labels) {
    const auto label = labels.find(entry.id);
    if (label == labels.end() || !label->second->text) return "]}";
    const auto value = parse_json(label->second->json);
    const auto stamp = value ? string_member(*value, "timestamp").value_or("") : std::string_view();
    return fmt::format(R"(],"label":{},"labelTimestamp":{}}})", json_quote(*label->second->text),
                       json_quote(stamp));
}

}  // namespace

std::vector<std::string> told_messages(const std::vector<const Entry*>& path) {
    std::set<std::string_view> dropped;
    for (const auto* entry : path) {
        if (entry->type != "context_edit") continue;
        if (entry->text) {
            dropped.erase(entry->target_id);
        } else {
            dropped.insert(entry->target_id);
        }
    }
    std::vector<std::string> messages;
    bool compacted = false;
    bool behind = false;  // of the compaction
    std::string_view compaction_id;
    for (const auto* entry : active_entries(path)) {
        if (entry->type == "compaction" && !compacted) {
            compacted = true;
            compaction_id = entry->id;
            add_checkpoint(*entry, messages);
        }
        if (compacted && entry->parent_id == compaction_id) behind = true;
        const bool old_system = compacted && !behind && entry->role == "system";
        if (dropped.contains(entry->id) || old_system) continue;
        if (auto message = as_message(*entry); !message.empty()) messages.push_back(std::move(message));
    }
    return messages;
}

Result<std::string> entries_json(const std::vector<Entry>& entries, std::string_view leaf,
                                 const std::optional<std::string>& since) {
    auto first = entries.begin();
    if (since) {
        first = std::find_if(entries.begin(), entries.end(),
                             [&](const Entry& entry) { return entry.id == *since; });
        if (first == entries.end()) return Error(Code::kNotFound, "Entry not found: " + *since);
        ++first;
    }
    std::string out = R"({"entries":[)";
    for (auto entry = first; entry != entries.end(); ++entry)
        out += (entry == first ? "" : ",") + entry->json;
    return out + fmt::format(R"(],"leafId":{}}})", leaf_json(leaf));
}

std::string tree_json(const std::vector<Entry>& entries, std::string_view leaf) {
    const auto children = children_of(entries);
    std::map<std::string_view, const Entry*> labels;
    for (const auto& entry : entries) {
        if (entry.type == "label") labels[entry.target_id] = &entry;
    }

    // A session is deep, not wide, so its tree is walked without recursion.
    struct Level {
        const std::vector<const Entry*>* siblings;
        std::size_t next;
    };

    static const std::vector<const Entry*> nothing;
    const auto below = [&](std::string_view id) {
        const auto found = children.find(id);
        return found == children.end() ? &nothing : &found->second;
    };
    std::string out = R"({"tree":[)";
    std::vector<Level> levels = {{below(""), 0}};
    while (!levels.empty()) {
        auto& level = levels.back();
        if (level.next == level.siblings->size()) {
            levels.pop_back();
            if (!levels.empty()) out += node_end(*(*levels.back().siblings)[levels.back().next - 1], labels);
            continue;
        }
        const auto& entry = *(*level.siblings)[level.next++];
        out += fmt::format(R"({}{{"entry":{},"children":[)", level.next > 1 ? "," : "", entry.json);
        levels.push_back({below(entry.id), 0});
    }
    return out + fmt::format(R"(],"leafId":{}}})", leaf_json(leaf));
}

std::string fork_points_json(const std::vector<const Entry*>& path) {
    std::string out;
    for (const auto* entry : path) {
        if (entry->role != "user" || !entry->message) continue;
        out += fmt::format(R"({}{{"entryId":{},"text":{}}})", out.empty() ? "" : ",", json_quote(entry->id),
                           json_quote(entry->message->text));
    }
    return fmt::format(R"({{"messages":[{}]}})", out);
}

std::optional<std::string> last_answer_text(const std::vector<const Entry*>& path) {
    const auto last = std::find_if(path.rbegin(), path.rend(), [](const Entry* entry) {
        return entry->role == "assistant" && entry->message && !entry->message->text.empty();
    });
    if (last == path.rend()) return std::nullopt;
    return (*last)->message->text;
}

bool just_compacted(const std::vector<const Entry*>& path) {
    for (auto entry = path.rbegin(); entry != path.rend(); ++entry) {
        if ((*entry)->type == "compaction") return true;
        if ((*entry)->role == "assistant" && (*entry)->facts.usage.prompt_tokens.value > 0) return false;
    }
    return false;
}

std::string stats_json(const std::vector<Entry>& entries, const std::vector<const Entry*>& path,
                       const StatsRequest& request) {
    std::map<std::string, std::int64_t, std::less<>> roles;
    std::int64_t calls = 0;
    std::int64_t messages = 0;
    for (const auto* entry : active_entries(path)) {
        if (entry->role.empty()) continue;
        ++roles[entry->role];
        ++messages;
        if (entry->message) calls += static_cast<std::int64_t>(entry->message->tool_calls.size());
    }
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cached = 0;
    std::int64_t written = 0;
    chat::Cost cost;
    for (const auto& entry : entries) {
        const auto& usage = entry.facts.usage;
        written += usage.written_tokens.value;
        input += (usage.prompt_tokens - usage.cached_tokens - usage.written_tokens).value;
        cost = cost + usage.cost;
        output += usage.generated_tokens.value;
        cached += usage.cached_tokens.value;
    }
    json::object out;
    if (!request.file.empty()) out["sessionFile"] = to_valid_utf8(request.file);
    out["sessionId"] = request.id;
    out["userMessages"] = roles["user"];
    out["assistantMessages"] = roles["assistant"];
    out["toolCalls"] = calls;
    out["toolResults"] = roles["toolResult"];
    out["totalMessages"] = messages;
    out["tokens"] = json::object{{"input", input},
                                 {"output", output},
                                 {"cacheRead", cached},
                                 {"cacheWrite", written},
                                 {"total", input + output + cached + written}};
    out["cost"] = detail::encode_cost(cost).at("total");
    if (request.window.value > 0) {
        json::object usage{
            {"tokens", nullptr}, {"contextWindow", request.window.value}, {"percent", nullptr}};
        if (request.context_known) {
            usage["tokens"] = request.context.value;
            usage["percent"] = 100.0 * static_cast<double>(request.context.value) /
                               static_cast<double>(request.window.value);
        }
        out["contextUsage"] = std::move(usage);
    }
    return json::serialize(out);
}

}  // namespace hearth::agent
