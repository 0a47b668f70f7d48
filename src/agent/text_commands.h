#pragma once
#include <string>
#include <vector>

namespace hearth::agent {

// Words of a person that stand for longer texts ("/name …"): prompt templates and skills.
// Threads: any; nothing waits.
class TextCommands {
public:
    TextCommands() = default;
    TextCommands(const TextCommands&) = delete;
    TextCommands& operator=(const TextCommands&) = delete;
    virtual ~TextCommands() = default;

    // What a model is told in its place; the text itself where it calls none.
    [[nodiscard]] virtual std::string expanded(std::string text) const = 0;

    // Each as a JSON object of the protocol: {"name", "description", "source", "sourceInfo"}.
    [[nodiscard]] virtual std::vector<std::string> commands() const = 0;
};

}  // namespace hearth::agent
