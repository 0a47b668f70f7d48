#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/entry.h"

namespace hearth::scaffold {

// Evidence: short quotes that a model keeps with a note of what they show. They are entries of the session's own log, beside the conversation, so that a
// kill or a restart loses none and each branch has those that were kept on it. All functions are pure; the log may be of any origin.

// Their type as custom entries.
inline constexpr std::string_view kEvidenceEntry = "hearth.evidence";

// The tools that a model has for them, as `search` is one that only looks.
inline constexpr std::string_view kEvidenceAdd = "evidence_add";
inline constexpr std::string_view kEvidenceGet = "evidence_get";

inline constexpr std::size_t kMostEvidence = 200;    // of one branch
inline constexpr std::size_t kMostSnippet = 1'024;   // bytes
inline constexpr std::size_t kMostNote = 200;        // bytes; what is longer is cut
inline constexpr std::size_t kMostSourceName = 200;  // likewise
inline constexpr std::size_t kMostToldEvidence =
    750;  // bytes of what is told of it after a compaction: with its head some 300 tokens

struct Evidence {
    std::string id;         // "e1", "e2", …; each once on a branch
    std::string source;     // a path below the workspace, or the call whose result had it
    std::string note;       // one line; may be empty
    std::string snippet;    // as it stood in the source
    std::size_t place = 0;  // of its entry in the log
};

// The data of its entry; its place is not said.
[[nodiscard]] std::string evidence_json(const Evidence& piece);

// Nothing for what is none. What is longer than the limits is cut.
[[nodiscard]] std::optional<Evidence> parse_evidence(std::string_view data);

// What the branch from the root to the leaf has, in the order of the log. Where an id was kept twice the first counts.
[[nodiscard]] std::vector<Evidence> evidence_of(const std::vector<agent::Entry>& entries,
                                                std::string_view leaf);

// The id behind the highest one; nothing where there are as many as may be.
[[nodiscard]] std::optional<std::string> next_evidence_id(const std::vector<Evidence>& pieces);

// An id as models write it: "e3", "E3", "3". Empty for what is none.
[[nodiscard]] std::string evidence_id(std::string_view written);

// "e1 src/a.py: note", a line each, the latest of them where `bytes` are too few for all, and how many are left out.
[[nodiscard]] std::string evidence_lines(const std::vector<Evidence>& pieces, std::size_t bytes);

// What a model has to be told because a compaction took the calls that kept evidence out of its view; empty where there is no such
// evidence, or a message behind the latest compaction tells of it.
[[nodiscard]] std::string evidence_reminder(const std::vector<agent::Entry>& entries, std::string_view leaf);

// White space as one blank between words, none at the ends.
[[nodiscard]] std::string single_spaced(std::string_view text);

}  // namespace hearth::scaffold
