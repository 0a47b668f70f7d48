#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/file_timeline.h"
#include "agent/session.h"
#include "chat/message.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "history/changes.h"
#include "history/restore.h"
#include "history/snapshot.h"

namespace hearth::agent {

// Whether tools of hearth may change files when they are called so; reading alone does not.
[[nodiscard]] bool may_change_files(const std::vector<chat::ToolCall>& calls);

// How files are taken back.
struct FileMove {
    bool look_only = false;  // say what would be done
    history::Overwrite overwrite = history::Overwrite::kNothing;
    bool tell_model = true;  // a message in the session says what was taken back
};

struct FilesMoved {
    history::Restored files;
    std::string prompt;  // kUndo: the words of the message whose turns were taken back
    bool look_only = false;
};

// A turn that changed files.
struct FileTurn {
    std::size_t number = 1;
    std::string entry_id;  // that it stands behind
    std::string prompt;    // words of the message of the user that led to it
    history::Changes changes;
    bool taken_back = false;
};

// The files of a workspace through the turns of its sessions: a snapshot before and after the tools of each turn, kept outside of the
// workspace, and what a person does with them.
//
// What the tools of a turn changed is known by looking, so effects of commands count, and so does what another program changed at the same
// time. What was begun is written down (FOLDER/begun), so
// that after a kill the next use of the session finishes it: a turn is recorded as far as it came, files are taken back to the end.
// Threads: any; each call is between two others.
class FileHistory {
public:
    // `folder`: where snapshots are kept, of all workspaces. Files that hold one of `secrets` (may be null) are not kept there.
    FileHistory(std::filesystem::path folder, std::filesystem::path workspace,
                std::shared_ptr<const KnownSecrets> secrets = {});

    // Around what may change files, such as the tools of a turn; the second when their results are in the session. Errors: why no snapshot can be taken,
    // once; from then on these two do nothing.
    [[nodiscard]] Status begin_turn(const Session& session);
    [[nodiscard]] Status end_turn(Session& session);

    // Finishes what a kill interrupted in this session. Errors: those of the session and of the file system.
    [[nodiscard]] Status recover(Session& session);

    // Takes back the turns of the last message that changed files. Errors: kNotFound when there is none, or its snapshots were dropped.
    [[nodiscard]] Result<FilesMoved> undo(Session& session, const FileMove& move);

    // Takes back the last undo() or restore(). Errors: likewise.
    [[nodiscard]] Result<FilesMoved> redo(Session& session, const FileMove& move);

    // Brings the files back that were there when the entry had been said; empty: before the first turn. Errors: likewise, kNotFound also for
    // an entry that the session does not have.
    [[nodiscard]] Result<FilesMoved> restore(Session& session, const std::string& entry_id,
                                             const FileMove& move);

    // Turns of a log whose snapshots are kept still. Errors: those of the store.
    [[nodiscard]] Result<std::vector<FileTurn>> turns(const std::vector<Entry>& entries) const;

    // From the end of one turn to the end of another, as one text; turn 0 is the beginning. Without `to` what the turn `from` changed; without both what undo()
    // would take back. Errors: kNotFound for a turn that there is not.
    [[nodiscard]] Result<std::string> diff(const std::vector<Entry>& entries,
                                           std::optional<std::int64_t> from,
                                           std::optional<std::int64_t> to) const;

private:
    struct Begun;
    struct Plan;

    Result<history::Snapshotter*> snapshotter();
    Result<history::ObjectStore> store() const;
    [[nodiscard]] std::filesystem::path begun_file(const Session& session) const;
    Status begin(const Session& session, const Begun& begun) const;
    std::optional<Begun> begun(const Session& session) const;
    void end(const Session& session) const;
    Status finish_turn(Session& session, const std::string& before);
    Status recover_locked(Session& session);
    Result<Plan> plan_of(const Session& session, FileEvent::Kind kind, const std::string& target) const;
    Result<FilesMoved> move(Session& session, FileEvent::Kind kind, const std::string& target,
                            const FileMove& move);
    Result<FilesMoved> carry_out(Session& session, const Plan& plan, const FileMove& move,
                                 const std::string& before);
    Status give_up(const Error& error);

    std::filesystem::path folder_;
    std::filesystem::path workspace_;
    std::shared_ptr<const KnownSecrets> secrets_;
    mutable std::mutex mutex_;  // guards what follows
    std::optional<history::Snapshotter> snapshotter_;
    std::optional<std::string> before_;  // the snapshot before the tools under way
    bool gave_up_ = false;
};

}  // namespace hearth::agent
