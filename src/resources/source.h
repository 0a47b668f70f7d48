#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace hearth::resources {

// Whose something is that an agent reads from a folder.
enum class Scope : std::uint8_t { kUser, kProject, kTemporary };

// Where a skill or a prompt template comes from, in the words of pi's protocol.
struct Source {
    Scope scope = Scope::kUser;
    std::string name = "auto";          // "auto" for what was found, "settings", "cli", or a package's source
    bool of_package = false;            // else it stands for itself
    std::filesystem::path base_folder;  // that was searched
};

// Something that was found and cannot be used, or not as it is, for whoever tells a person.
struct Notice {
    std::filesystem::path path;
    std::string what;
};

[[nodiscard]] const char* scope_name(Scope scope);

// "PATH: what".
[[nodiscard]] std::string notice_text(const Notice& notice);

// {"path", "source", "scope", "origin", "baseDir"}: the "sourceInfo" of pi's protocol. Pure.
[[nodiscard]] std::string source_json(const std::filesystem::path& file, const Source& source);

}  // namespace hearth::resources
