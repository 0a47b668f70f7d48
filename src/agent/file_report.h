#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/file_history.h"

namespace hearth::agent {

// What a client of the protocol and a person at a command line are told of files that were taken back. All are pure.

// {"done": [{"path", "change"}], "left": [{"path", "why", "ofOthers"}], "prompt"?, "text"}; `text` is moved_words(). A change is
// "changed", "removed" or "made".
[[nodiscard]] std::string moved_json(FileEvent::Kind kind, const FilesMoved& moved);

// What was done, a line a file, for a person.
[[nodiscard]] std::string moved_words(FileEvent::Kind kind, const FilesMoved& moved);

// {"turns": [{"turn", "entryId", "prompt", "takenBack", "files": [{"path", "change"}]}], "text"}; `text` is turns_words().
[[nodiscard]] std::string turns_json(const std::vector<FileTurn>& turns);

// "  3  fix the rounding   2 files: 1 new, 1 changed"
[[nodiscard]] std::string turns_words(const std::vector<FileTurn>& turns);

}  // namespace hearth::agent
