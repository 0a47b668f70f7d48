#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold {

// The versions of each function that the answers of a run held. An answer is rarely right everywhere at once: one has the right
// `add`, another the right `remove`. Since tests judge, one answer's functions can stand in another's file.
// Threads: a plain value.
class VersionPool {
public:
    // Takes in the functions of a file's whole new content.
    void add(const std::string& path, std::string_view content);

    // The content with one function in another known version, once for each such pair; with the imports that the version's file had.
    // Functions that the file has twice under one name (overloads) stay as they are. In the file's order, newest versions first.
    [[nodiscard]] std::vector<std::string> exchanged(const std::string& path, std::string_view content) const;

    // How many versions are known of the function that has most.
    [[nodiscard]] std::size_t most_versions() const;

private:
    struct Version {
        std::string text;     // its lines
        std::string content;  // of the file it came from, for its imports
    };

    using ByName = std::map<std::string, std::vector<Version>, std::less<>>;

    std::map<std::string, ByName, std::less<>> files_;  // by path, then by the function's full name
};

}  // namespace hearth::scaffold
