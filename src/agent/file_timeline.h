#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"

namespace hearth::agent {

// What happened to the files of a workspace in a session, as custom entries of this type say it: state that programs that read the format do
// not know and pass over. Each has the snapshots of the workspace (history/snapshot.h) before and after.
inline constexpr std::string_view kFilesEntry = "hearth.files";

struct FileEvent {
    enum class Kind : std::uint8_t {
        kTurn,     // the tools of one answer changed files
        kUndo,     // … which a person took back
        kRedo,     // the last kUndo or kRestore was taken back itself
        kRestore,  // the files of another place of the session were brought back
    };

    Kind kind = Kind::kTurn;
    std::string before;  // ids of snapshots
    std::string after;
    std::string target;     // of kRestore: the entry whose files they are
    std::string entry_id;   // of the event
    std::string behind;     // the entry that it stands behind
    std::size_t place = 0;  // in the log
    std::string prompt_id;  // of kTurn: the message of the user that led to it; empty for none
};

// The turns of one message of the user, which are taken back together: places in FileTimeline::events.
using TurnGroup = std::vector<std::size_t>;

struct FileTimeline {
    // What an undo or restore took back, should it be redone.
    struct Back {
        std::size_t event = 0;
        std::vector<TurnGroup> done;  // as it was before
    };

    std::vector<FileEvent> events;  // in the order of the log
    std::vector<TurnGroup> done;    // what can be taken back, the last first taken
    std::vector<Back> undone;       // what can be redone, likewise
};

// Pure.
[[nodiscard]] FileTimeline file_timeline(const std::vector<Entry>& entries);

// Events since an entry was said, in their order: taken back from the last to the first they lead to the files as they were then. Of what
// stands right behind the entry, the turn that it ended is part of it. Empty `entry_id`: all. Pure.
[[nodiscard]] std::vector<std::size_t> events_since(const FileTimeline& timeline,
                                                    const std::vector<Entry>& entries,
                                                    std::string_view entry_id);

// The places of the turns in `events`; turn 1 is the first.
[[nodiscard]] std::vector<std::size_t> turns_of(const FileTimeline& timeline);

// Takes the events out of a log: a copy of it that goes on in another folder has other files.
void drop_file_events(std::vector<Entry>& entries);

// The data of an event's entry.
[[nodiscard]] std::string file_event_json(const FileEvent& event);

[[nodiscard]] std::string_view file_event_name(FileEvent::Kind kind);

// Nothing for a name that file_event_name() does not give.
[[nodiscard]] std::optional<FileEvent::Kind> file_event_kind(std::string_view name);

}  // namespace hearth::agent
