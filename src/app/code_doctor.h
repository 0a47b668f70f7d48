#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace hearth::app {

// Something that a session in a folder would use, or would not.
struct SessionPart {
    enum class State : std::uint8_t { kUsed, kUnused, kProblem };

    std::string kind;  // "model", "skill", …
    std::string what;
    std::string from;  // the file, option or variable that says so; may be empty
    State state = State::kUsed;
    std::string note;  // of a problem what is wrong
    std::string cure;  // what to do about it
};

// A table of the parts, and below it the problems with what to do. Pure.
[[nodiscard]] std::string render_session_parts(const std::vector<SessionPart>& parts);

// {"healthy", "parts": [{"kind", "what", "from"?, "state": "used"|"unused"|"problem", "note"?, "cure"?}]}. Pure.
[[nodiscard]] std::string session_parts_json(const std::vector<SessionPart>& parts);

// Whether none of them is a problem. Pure.
[[nodiscard]] bool is_healthy(const std::vector<SessionPart>& parts);

}  // namespace hearth::app
