#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "extend/remote.h"

namespace hearth::extend {

struct LaunchPlaces {
    std::filesystem::path workspace;  // where they run
    std::filesystem::path
        node_host;  // folder for the program that runs pi's extensions; made where it is absent
};

// How an extension is started, by what is at the path:
//     a folder with extension.toml         its command
//     a .ts or .js file (.mts, .cts, …)    pi's extension, by Node
//     a folder with package.json or index.ts  all of pi's extensions that it names, in one process
//     any other file that can be run       itself
// Errors: kNotFound, kInvalidInput with what is missing. The path is absolute afterwards.
[[nodiscard]] Result<Source> source_of(const std::filesystem::path& path, std::string_view scope,
                                       const LaunchPlaces& places);

// The files of pi's extensions in a folder: those of package.json's "pi", else extensions/, else index.ts or index.js. Sorted where the
// package does not give an order. Errors: kNotFound when there is none; kInvalidInput for a path that leads out of the folder.
[[nodiscard]] Result<std::vector<std::filesystem::path>> pi_extensions(const std::filesystem::path& folder);

// TypeScript or JavaScript, by its ending. Pure.
[[nodiscard]] bool is_script(const std::filesystem::path& path);

// A name as written in package.json, with * and ?, fits a relative path; * does not go over a '/', ** does. Pure.
[[nodiscard]] bool fits_pattern(std::string_view path, std::string_view pattern);

}  // namespace hearth::extend
