#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace hearth::policy {

// Stands among the programs of a command for one that its words do not say.
inline constexpr std::string_view kUnknownProgram = "?";

// What the words of a shell command say of it.
struct CommandWords {
    // The first words of its commands, each once, in their order. One with a path is there with it and without ("/bin/rm" and "rm").
    // kUnknownProgram where a program is a variable, comes from a substitution, a function or a file, or is run by another one (`env`,
    // `sh -c`, `xargs`, `find -exec`, `find *`, as a file may be named so).
    std::vector<std::string> programs;
    bool redirects = false;  // a file may be written by `>` and its like
};

// Reads a command as sh does, and says rather too much than too little: what it cannot follow is kUnknownProgram and redirects. So a list of
// programs that are permitted (["ls", "cat"].containsAll(context.programs)) never fits a command that runs another one by its words. What a
// program does (python3, make, git) the words do not say: that is the sandbox's part. Pure. Cost: linear.
[[nodiscard]] CommandWords command_words(std::string_view command);

}  // namespace hearth::policy
