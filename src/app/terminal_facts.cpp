#include "app/terminal_facts.h"

#include <cstdlib>
#include <string_view>

#include "core/text.h"
#include "os/files.h"

namespace hearth::app {

namespace fs = std::filesystem;

std::string branch_of(fs::path folder) {
    constexpr std::string_view kRef = "ref: refs/heads/";
    for (int depth = 0; depth < 64; ++depth) {
        if (const auto head = os::read_file(folder / ".git" / "HEAD", 4096)) {
            const auto line = trim(*head);
            return line.starts_with(kRef) ? std::string(line.substr(kRef.size()))
                                          : std::string(line.substr(0, 8));
        }
        if (!folder.has_relative_path()) break;
        folder = folder.parent_path();
    }
    return {};
}

std::string short_folder(const fs::path& folder) {
    const char* home = std::getenv("HOME");
    const auto text = folder.string();
    const std::string_view start = home == nullptr ? "" : home;
    const bool below =
        !start.empty() && text.starts_with(start) && text.size() > start.size() && text[start.size()] == '/';
    return below ? "~" + text.substr(start.size()) : text;
}

std::string editor_command(const std::string& set) {
    if (!set.empty()) return set;
    for (const auto* name : {"VISUAL", "EDITOR"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return value;
    }
    return "nano";
}

}  // namespace hearth::app
