#include "agent/file_timeline.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "history/folder_list.h"

namespace hearth::agent {
namespace {

using Kind = FileEvent::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 4> kNames = {
    {{Kind::kTurn, "turn"}, {Kind::kUndo, "undo"}, {Kind::kRedo, "redo"}, {Kind::kRestore, "restore"}}};

bool is_event(const Entry& entry) { return entry.type == "custom" && entry.custom_type == kFilesEntry; }

std::optional<FileEvent> event_of(const Entry& entry) {
    if (!is_event(entry)) return std::nullopt;
    const auto data = parse_json(entry.custom_data);
    if (!data) return std::nullopt;
    const auto kind = file_event_kind(string_member(*data, "kind").value_or(""));
    FileEvent event;
    event.before = string_member(*data, "before").value_or("");
    event.after = string_member(*data, "after").value_or("");
    event.target = string_member(*data, "target").value_or("");
    if (!kind || !history::is_sha256(event.before) || !history::is_sha256(event.after)) return std::nullopt;
    event.kind = *kind;
    event.entry_id = entry.id;
    event.behind = entry.parent_id;
    return event;
}

// Which message of the user each entry belongs to.
class Prompts {
public:
    explicit Prompts(const std::vector<Entry>& entries) {
        for (const auto& entry : entries) {
            const auto above = by_entry_.find(entry.parent_id);
            by_entry_[entry.id] = entry.role == "user"       ? std::string_view(entry.id)
                                  : above != by_entry_.end() ? above->second
                                                             : std::string_view();
        }
    }

    [[nodiscard]] std::string of(std::string_view entry) const {
        const auto found = by_entry_.find(entry);
        return found == by_entry_.end() ? std::string() : std::string(found->second);
    }

private:
    std::map<std::string_view, std::string_view> by_entry_;
};

// How many events there were when an entry had been said.
std::size_t events_at(const std::vector<FileEvent>& events, const std::vector<Entry>& entries,
                      std::string_view entry_id) {
    if (entry_id.empty()) return 0;
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const Entry& entry) { return entry.id == entry_id; });
    const auto place = static_cast<std::size_t>(found - entries.begin());
    std::size_t count = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const bool its_turn = events[i].kind == Kind::kTurn && events[i].behind == entry_id;
        if (events[i].place < place || its_turn) count = i + 1;
    }
    return count;
}

class Fold {
public:
    explicit Fold(const std::vector<Entry>& entries) : entries_(entries) {}

    void take(const FileEvent& event) {
        auto& [events, done, undone] = timeline_;
        events.push_back(event);
        const auto place = events.size() - 1;
        switch (event.kind) {
            case Kind::kTurn:
                if (!done.empty() && !event.prompt_id.empty() && undone.empty() &&
                    events[done.back().back()].prompt_id == event.prompt_id) {
                    done.back().push_back(place);
                } else {
                    done.push_back({place});
                }
                undone.clear();
                break;
            case Kind::kUndo:
                undone.push_back({place, done});
                if (!done.empty()) done.pop_back();
                break;
            case Kind::kRedo:
                if (undone.empty()) break;
                done = std::move(undone.back().done);
                undone.pop_back();
                break;
            case Kind::kRestore:
                undone.push_back({place, done});
                const auto count = events_at(events, entries_, event.target);
                done = count == 0 ? std::vector<TurnGroup>() : history_[std::min(count, place) - 1];
                break;
        }
        history_.push_back(done);
    }

    FileTimeline finish() && { return std::move(timeline_); }

private:
    const std::vector<Entry>& entries_;
    FileTimeline timeline_;
    std::vector<std::vector<TurnGroup>> history_;  // `done` behind each event
};

}  // namespace

std::string_view file_event_name(Kind kind) { return kNames[static_cast<std::size_t>(kind)].second; }

std::optional<Kind> file_event_kind(std::string_view name) {
    const auto* const found =
        std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return each.second == name; });
    return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

FileTimeline file_timeline(const std::vector<Entry>& entries) {
    const Prompts prompts(entries);
    Fold fold(entries);
    for (std::size_t place = 0; place < entries.size(); ++place) {
        auto event = event_of(entries[place]);
        if (!event) continue;
        event->place = place;
        if (event->kind == Kind::kTurn) event->prompt_id = prompts.of(event->behind);
        fold.take(*event);
    }
    return std::move(fold).finish();
}

std::vector<std::size_t> events_since(const FileTimeline& timeline, const std::vector<Entry>& entries,
                                      std::string_view entry_id) {
    std::vector<std::size_t> out;
    for (auto i = events_at(timeline.events, entries, entry_id); i < timeline.events.size(); ++i)
        out.push_back(i);
    return out;
}

std::vector<std::size_t> turns_of(const FileTimeline& timeline) {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < timeline.events.size(); ++i) {
        if (timeline.events[i].kind == Kind::kTurn) out.push_back(i);
    }
    return out;
}

void drop_file_events(std::vector<Entry>& entries) { std::erase_if(entries, is_event); }

std::string file_event_json(const FileEvent& event) {
    json::object out{{"kind", file_event_name(event.kind)}, {"before", event.before}, {"after", event.after}};
    if (!event.target.empty()) out["target"] = event.target;
    return json::serialize(out);
}

}  // namespace hearth::agent
