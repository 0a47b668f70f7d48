#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/glob.h"

namespace hearth::agent {

// What one .gitignore says, in git's own terms: comments, `!` for what stays, a '/' at the end for folders alone, one before it for paths from
// the file's folder on, `**` (glob.h). The latest rule that fits counts.
// Threads: a plain value. Lines of more than 1,000 bytes and what follows the 2,000th rule are passed over, as no person wrote them.
class IgnoreRules {
public:
    enum class Says : std::uint8_t { kNothing, kIgnored, kKept };

    IgnoreRules() = default;
    explicit IgnoreRules(std::string_view text);

    // Of a file or folder below the folder of the .gitignore, by its path from there. Nothing is said of what lies in an ignored folder: who
    // walks does not go there.
    [[nodiscard]] Says of(std::string_view path, bool is_folder) const;

private:
    struct Rule {
        Glob glob;
        bool keeps = false;
        bool folders_only = false;
    };

    void add(std::string_view line);

    std::vector<Rule> rules_;
};

}  // namespace hearth::agent
