#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/branch.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::agent {

// What a client of the protocol asks about a session, as JSON. All are pure functions of the log.

// The messages that are told, each as the session has it, with compactions and summaries as messages of their own roles.
[[nodiscard]] std::vector<std::string> told_messages(const std::vector<const Entry*>& path);

// {"entries": […], "leafId"}: those behind `since`, or all. Errors: kNotFound "Entry not found: X".
[[nodiscard]] Result<std::string> entries_json(const std::vector<Entry>& entries, std::string_view leaf,
                                               const std::optional<std::string>& since);

// {"tree": [{"entry", "children": […], "label"?, "labelTimestamp"?}], "leafId"}
[[nodiscard]] std::string tree_json(const std::vector<Entry>& entries, std::string_view leaf);

// [{"entryId", "text"}]: the user's messages of a path, from which it can be forked.
[[nodiscard]] std::string fork_points_json(const std::vector<const Entry*>& path);

// The text of the last answer that has one.
[[nodiscard]] std::optional<std::string> last_answer_text(const std::vector<const Entry*>& path);

struct StatsRequest {
    std::string file;  // empty: in memory only
    std::string id;
    Tokens context;             // estimated
    bool context_known = true;  // an answer has been counted since the last compaction
    Tokens window;
};

// Counts of messages of the path and tokens of all entries.
[[nodiscard]] std::string stats_json(const std::vector<Entry>& entries, const std::vector<const Entry*>& path,
                                     const StatsRequest& request);

// No answer has been given since the latest compaction of a path that has one.
[[nodiscard]] bool just_compacted(const std::vector<const Entry*>& path);

}  // namespace hearth::agent
