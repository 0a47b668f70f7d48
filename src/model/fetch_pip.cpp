#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/text.h"
#include "model/fetch.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::minutes(30);  // one wheel, on a slow line

// What pip takes from its environment: where things are, how to reach the registry, and its own settings.
constexpr std::array<std::string_view, 24> kPassed = {
    "HOME",        "PATH",          "USER",           "LANG",
    "LC_ALL",      "http_proxy",    "https_proxy",    "no_proxy",
    "all_proxy",   "HTTP_PROXY",    "HTTPS_PROXY",    "NO_PROXY",
    "ALL_PROXY",   "SSL_CERT_FILE", "SSL_CERT_DIR",   "NETRC",
    "VIRTUAL_ENV", "PYENV_ROOT",    "PYENV_VERSION",  "REQUESTS_CA_BUNDLE",
    "PYTHONPATH",  "PYTHONHOME",    "CURL_CA_BUNDLE", "LD_LIBRARY_PATH",
};

std::vector<std::pair<std::string, std::string>> pip_environment(const fs::path& temporary) {
    std::vector<std::pair<std::string, std::string>> environment;
    for (auto& [name, value] : os::whole_environment()) {
        const bool passed = name.starts_with("PIP_") || name.starts_with("XDG_CONFIG") ||
                            std::ranges::find(kPassed, std::string_view(name)) != kPassed.end();
        if (passed) environment.emplace_back(name, std::move(value));
    }
    environment.emplace_back("TMPDIR", temporary.string());
    return environment;
}

// The lines in which pip says what went wrong, as one.
std::string reasons(std::string_view output) {
    std::vector<std::string> found;
    for (const auto line : split_lines(output)) {
        const auto text = trim(line);
        if (text.starts_with("ERROR:")) found.emplace_back(trim(text.substr(6)));
    }
    if (found.empty()) {
        for (const auto line : split_lines(output)) {
            if (!trim(line).empty()) found = {std::string(trim(line))};
        }
    }
    auto text = printable(join(found, "; "));
    if (text.size() > 400) text = text.substr(0, 400) + "…";
    return to_valid_utf8(text);
}

Result<fs::path> only_wheel(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".whl") return at->path();
    }
    return Error(Code::kUnavailable, fmt::format("pip left no wheel in {}", folder.string()));
}

}  // namespace

Error pip_failure(const os::Exit& exit, const Package& package) {
    const auto what = fmt::format("{} {}", package.name, package.version);
    if (exit.reason == os::Exit::Reason::kStopped) return {Code::kCancelled, "stopped while pip ran"};
    if (exit.reason == os::Exit::Reason::kTimedOut)
        return {Code::kTimeout, fmt::format("pip took too long for {}", what)};
    if (exit.err.contains("No module named pip")) {
        return {Code::kUnavailable,
                "python3 has no pip, which fetches this source; install it (Debian: apt-get install "
                "python3-pip)"};
    }
    if (exit.err.contains("DO NOT MATCH THE HASHES")) {
        return {Code::kCorrupt,
                fmt::format("the registry's file for {} is not the one that the catalogue names (its "
                            "hash differs)",
                            what)};
    }
    if (exit.err.contains("No space left on device"))
        return {Code::kDiskFull, fmt::format("the disk is full while pip fetches {}", what)};
    return {Code::kUnavailable,
            fmt::format("pip cannot get {} ({}): {}", what, os::describe(exit), reasons(exit.err))};
}

Result<fs::path> fetch_with_pip(const Package& package, const fs::path& folder, bool reached,
                                std::stop_token stop) {
    const auto python = os::find_program("python3");
    if (!python) {
        return Error(
            Code::kUnavailable,
            "python3 is not on PATH; this source needs it with pip (Debian: apt-get install python3-pip)");
    }
    const auto temporary = folder / "tmp";
    const auto requirement = folder / "requirement.txt";
    TRY(os::make_directories(temporary));
    TRY(os::write_file_atomic(requirement, fmt::format("{}=={} --hash=sha256:{}\n", package.name,
                                                       package.version, package.sha256)));
    // A registry that has not answered yet gets little patience, so that the next source has its turn in seconds.
    const std::string retries = reached ? "3" : "1";
    const std::string timeout = reached ? "30" : "6";
    const os::Command command{
        .argv = {python->string(),
                 "-m",
                 "pip",
                 "download",
                 "--quiet",
                 "--no-deps",
                 "--no-cache-dir",
                 "--only-binary",
                 ":all:",
                 "--require-hashes",
                 "--disable-pip-version-check",
                 "--no-input",
                 "--progress-bar",
                 "off",
                 "--retries",
                 retries,
                 "--timeout",
                 timeout,
                 "--dest",
                 folder.string(),
                 "-r",
                 requirement.string()},
        .environment = pip_environment(temporary),
    };
    const auto exit = TRY(os::run(command, os::Limits{.timeout = kPatience, .max_output = 64 << 10}, stop));
    if (!exit.ok()) return pip_failure(exit, package);
    return only_wheel(folder);
}

}  // namespace hearth::model
