#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::scaffold {

// What is known of one session's work, from what happened in it.
struct SessionProgress {
    std::string session;
    std::int64_t began_ms = 0;
    std::int64_t updated_ms = 0;
    std::string task;  // the first thing that was asked
    std::string model;
    std::string test_command;        // empty when no tests were run
    std::string tests_before;        // "1 of 3 tests pass", of the first run
    std::string tests_after;         // of the last
    std::optional<bool> green;       // the last run
    std::vector<std::string> files;  // that were changed, sorted
    std::string plan_goal;           // of a signed plan; empty for none
    std::int64_t plan_steps = 0;
    std::int64_t plan_steps_done = 0;

    bool operator==(const SessionProgress&) const = default;
};

// progress.json with what is now known of this session; docs/progress.schema.json describes it. The latest 50 sessions are kept, and
// members that hearth does not know stay as they are. `old`: nothing when there is none yet.
// Errors: kCorrupt when `old` is not such a file; kUnsupported for another version of it. Pure.
[[nodiscard]] Result<std::string> progress_with(const std::optional<std::string>& old,
                                                const SessionProgress& now);

// The sessions of a progress.json, the earliest first. Errors: as progress_with(). Pure.
[[nodiscard]] Result<std::vector<SessionProgress>> parse_progress(std::string_view text);

// activeContext.md with a part that says where the work stands, between two marks; all around them is a person's and stays as it is.
// `sessions` as parse_progress() gives them. Pure.
[[nodiscard]] std::string active_context_with(const std::optional<std::string>& old,
                                              const std::vector<SessionProgress>& sessions);

// architectural_decisions.md with one more decision at its end; the same text does not come twice. Pure.
[[nodiscard]] std::string decisions_with(const std::optional<std::string>& old, std::int64_t unix_ms,
                                         std::string_view decision);

}  // namespace hearth::scaffold
