#include "engine/build.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

#include "core/text.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::engine {

namespace {

namespace fs = std::filesystem;

// x86-64 by instructions: AMX, AVX-512 with BF16, with VNNI, plain AVX-512, AVX2 with VNNI, AVX2, older.
constexpr std::array<std::string_view, 13> kFastestFirst = {
    "sapphirerapids", "zen4",    "cooperlake", "icelake",   "cascadelake", "cannonlake", "skylakex",
    "alderlake",      "haswell", "piledriver", "ivybridge", "sandybridge", "sse42",
};
constexpr int kUnknownRank = 50;
constexpr int kBaselineRank = 100;

constexpr std::array<std::string_view, 3> kAccelerators = {"cuda", "hip", "vulkan"};

std::vector<fs::path> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error))
        entries.push_back(each->path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

std::vector<Variant> cpu_variants(const fs::path& root) {
    std::vector<Variant> variants;
    for (const fs::path& folder : sorted_entries(root / "cpu")) {
        const std::string name = folder.filename();
        if (is_file(folder / ("libggml-cpu-" + name + ".so")))
            variants.push_back({.name = name, .directory = folder, .extra_backend = {}});
    }
    std::sort(variants.begin(), variants.end(), [](const Variant& a, const Variant& b) {
        const int left = variant_rank(a.name);
        const int right = variant_rank(b.name);
        // Within aarch64 a later architecture has more instructions, and its name sorts later.
        return left != right ? left < right : a.name > b.name;
    });
    return variants;
}

// Versions as numbers where they are numbers, so that 0.10 comes after 0.9.
bool newer(const fs::path& a, const fs::path& b) {
    const std::string left = a.filename();
    const std::string right = b.filename();
    return ::strverscmp(left.c_str(), right.c_str()) > 0;
}

EngineBuild own_build(const fs::path& program) {
    return {.id = program.string(),
            .origin = EngineBuild::Origin::kOwn,
            .server = program,
            .variants = {{.name = "own", .directory = {}, .extra_backend = {}}}};
}

void add_stat(std::string& text, const fs::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return;
    text += fmt::format("{} {} {}.{:09}\n", path.filename().string(), info.st_size, info.st_mtim.tv_sec,
                        info.st_mtim.tv_nsec);
}

}  // namespace

int variant_rank(std::string_view cpu_variant) {
    if (cpu_variant == "x64") return kBaselineRank;
    const auto found = std::find(kFastestFirst.begin(), kFastestFirst.end(), cpu_variant);
    if (found == kFastestFirst.end()) return kUnknownRank;
    return static_cast<int>(found - kFastestFirst.begin());
}

std::optional<EngineBuild> read_build(const fs::path& folder) {
    EngineBuild build{.id = folder.filename(),
                      .origin = EngineBuild::Origin::kInstalled,
                      .server = folder / "bin" / "llama-server",
                      .variants = {}};
    if (!is_file(folder / "installed") || !is_file(build.server)) return std::nullopt;
    const std::vector<Variant> cpus = cpu_variants(folder);
    for (const std::string_view kind : kAccelerators) {
        const fs::path library = folder / "gpu" / kind / fmt::format("libggml-{}.so", kind);
        if (!is_file(library)) continue;
        for (const Variant& cpu : cpus)
            build.variants.push_back({.name = fmt::format("{}+{}", kind, cpu.name),
                                      .directory = cpu.directory,
                                      .extra_backend = library});
    }
    build.variants.insert(build.variants.end(), cpus.begin(), cpus.end());
    if (build.variants.empty()) return std::nullopt;
    return build;
}

Result<std::vector<EngineBuild>> discover_builds(const os::Paths& paths) {
    std::vector<EngineBuild> builds;
    const char* chosen = std::getenv("HEARTH_ENGINE");
    if (chosen != nullptr && *chosen != '\0') {
        const std::optional<fs::path> program = os::find_program(chosen);
        if (!program)
            return Error(
                Code::kNotFound,
                fmt::format("HEARTH_ENGINE names {}, which is no program that can be run. Set it to the "
                            "path of a llama-server, or unset it to use the one that hearth built.",
                            printable(chosen)));
        builds.push_back(own_build(*program));
    } else if (const std::optional<fs::path> program = os::find_program("llama-server")) {
        builds.push_back(own_build(*program));
    }
    std::vector<fs::path> folders = sorted_entries(paths.data / "engines");
    std::sort(folders.begin(), folders.end(), newer);
    for (const fs::path& folder : folders)
        if (std::optional<EngineBuild> build = read_build(folder)) builds.push_back(std::move(*build));
    return builds;
}

std::string build_fingerprint(const EngineBuild& build, const Variant& variant) {
    std::string text;
    if (build.origin == EngineBuild::Origin::kOwn) {
        // Its libraries are wherever its maker put them; those beside it are looked at.
        std::error_code ignored;
        const fs::path real = fs::canonical(build.server, ignored);
        const fs::path& program = ignored ? build.server : real;
        add_stat(text, program);
        for (const fs::path& each : sorted_entries(program.parent_path()))
            if (each.filename().string().starts_with("libggml") ||
                each.filename().string().starts_with("libllama"))
                add_stat(text, each);
    } else {
        for (const fs::path& each : sorted_entries(build.server.parent_path()))
            add_stat(text, each);
        for (const fs::path& each : sorted_entries(variant.directory))
            add_stat(text, each);
        if (!variant.extra_backend.empty()) add_stat(text, variant.extra_backend);
    }
    return os::sha256(text).substr(0, 16);
}

}  // namespace hearth::engine
