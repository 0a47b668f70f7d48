#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/session.h"
#include "core/result.h"

namespace hearth::agent {

// Where sessions are kept, and the folder that is worked in.
struct SessionPlace {
    std::filesystem::path folder;                      // has one folder a workspace
    std::filesystem::path workspace;                   // absolute
    bool flat = false;                                 // sessions lie in `folder` itself (--session-dir)
    bool in_memory = false;                            // new ones are not kept
    std::shared_ptr<const KnownSecrets> secrets = {};  // that are kept out of them; may be none
};

// What a list of sessions shows.
struct SessionSummary {
    std::filesystem::path file;
    SessionHeader header;
    std::string name;         // that a person gave it; empty for none
    std::string first_words;  // of the user's first message
    std::int64_t messages = 0;
    std::int64_t changed_ms = 0;  // Unix time of the last change
};

// A new session in its place, forked from the session in the file `parent` (empty: from none).
[[nodiscard]] Result<Session> new_session(const SessionPlace& place, std::string_view parent = {});

// The sessions of all workspaces, or of this one, the latest change first. Files that are no sessions are passed over.
[[nodiscard]] Result<std::vector<SessionSummary>> list_sessions(const SessionPlace& place,
                                                                bool all_workspaces);

// The session of this workspace that was changed last, if there is one.
[[nodiscard]] Result<std::optional<std::filesystem::path>> latest_session(const SessionPlace& place);

// By the path of its file, or by the beginning of its id, of any workspace. Errors: kNotFound; kConflict when several ids begin so.
[[nodiscard]] Result<std::filesystem::path> find_session(const SessionPlace& place, std::string_view word);

// A new session with the entries of another's path up to and with `last` (none, when it is empty), under their own ids.
[[nodiscard]] Result<Session> fork_session(const SessionPlace& place, const std::vector<Entry>& entries,
                                           std::string_view last, const std::filesystem::path& parent);

}  // namespace hearth::agent
