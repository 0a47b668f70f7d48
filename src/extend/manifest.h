#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// extension.toml of a folder.
struct Manifest {
    std::string name;  // empty: the folder's
    std::vector<std::string>
        command;  // a program and its arguments; a relative path with a '/' begins at the folder
    std::vector<std::string> environment;  // names of variables that it gets beside the usual ones
};

// Errors: kInvalidInput with the line, for an unknown key too. Pure.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text);

// What package.json says for pi, relative to its folder.
struct PackageManifest {
    std::string name;
    std::string version;
    bool has_pi = false;                  // it has a key "pi"
    std::vector<std::string> extensions;  // paths and patterns, as written
    std::vector<std::string> skills;
    std::vector<std::string> prompts;
    std::vector<std::string> themes;
};

// Errors: kCorrupt, kInvalidInput. Pure.
[[nodiscard]] Result<PackageManifest> parse_package(std::string_view json);

}  // namespace hearth::extend
