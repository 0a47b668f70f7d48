#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "os/paths.h"

namespace hearth::engine {

// One way to run a build: a CPU back end, alone or under an accelerator's. The engine loads the CPU back end it finds in its
// working directory, so the directory is the choice.
struct Variant {
    std::string name;                     // "zen4", "cuda+zen4"; "own" for a server that chooses by itself
    std::filesystem::path directory;      // working directory of the child; empty: any
    std::filesystem::path extra_backend;  // accelerator library to load as well; empty: none
};

// A llama-server that may be used on this machine, not yet trusted.
struct EngineBuild {
    enum class Origin { kInstalled, kOwn };

    std::string id;  // "llama.cpp-0.5.0"; for the user's own the path of the program
    Origin origin = Origin::kInstalled;
    std::filesystem::path server;
    std::vector<Variant> variants;  // fastest first

    [[nodiscard]] bool uses_accelerator(const Variant& variant) const {
        return origin == Origin::kOwn || !variant.extra_backend.empty();
    }
};

// Position of a CPU variant in the order fastest first, by the instructions it is compiled for; unknown names come after
// the known ones and before the baselines. Pure.
[[nodiscard]] int variant_rank(std::string_view cpu_variant);

// Builds in the order of preference: the user's own llama-server (the value of HEARTH_ENGINE, else the one on PATH),
// then those installed under <data>/engines, newest version first. A folder without the marker file that ends an
// installation is no build.
// Errors: kNotFound when HEARTH_ENGINE names something that is no program. Threads: any.
[[nodiscard]] Result<std::vector<EngineBuild>> discover_builds(const os::Paths& paths);

// An installed build read from its folder; nothing when it is not a finished one.
[[nodiscard]] std::optional<EngineBuild> read_build(const std::filesystem::path& folder);

// Changes when any file of the build or of the variant changes: sizes and modification times of its files.
[[nodiscard]] std::string build_fingerprint(const EngineBuild& build, const Variant& variant);

}  // namespace hearth::engine
