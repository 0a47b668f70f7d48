#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "share/clean_session.h"

namespace hearth::share {

// Where a session came from, by the hash of its file: so that the next time it is seen whether it changed.
struct SharedSession {
    CleanSession session;
    std::string source_sha256;
};

struct DatasetTerms {
    std::filesystem::path folder;  // must not exist, or be empty
    std::string licence;           // of what the person wrote; empty: not said
    std::string version;           // of hearth
};

// Sessions as a dataset folder: data/sessions.jsonl (one conversation a line), traces/ID.jsonl (each session in pi's format), README.md with a card and
// manifest.json with the SHA-256 of each file and of each session that it came from.
// Errors: kConflict when the folder holds something; those of writing.
[[nodiscard]] Status write_session_dataset(const std::vector<SharedSession>& sessions,
                                           const DatasetTerms& terms);

}  // namespace hearth::share
