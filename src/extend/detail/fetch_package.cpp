#include "extend/detail/fetch_package.h"

#include <chrono>
#include <fmt/format.h>
#include <system_error>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "extend/detail/node_host.h"
#include "extend/manifest.h"
#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"

namespace hearth::extend::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kLimit(10);
constexpr std::size_t kMaxLock = std::size_t{16} << 20U;

// What they need to reach a registry or a server as the person does.
std::vector<std::pair<std::string, std::string>> environment() {
    auto out = os::environment_of({"PATH",
                                   "HOME",
                                   "USER",
                                   "LANG",
                                   "LC_ALL",
                                   "TMPDIR",
                                   "XDG_CONFIG_HOME",
                                   "XDG_CACHE_HOME",
                                   "HTTP_PROXY",
                                   "HTTPS_PROXY",
                                   "NO_PROXY",
                                   "http_proxy",
                                   "https_proxy",
                                   "no_proxy",
                                   "SSL_CERT_FILE",
                                   "NODE_EXTRA_CA_CERTS",
                                   "NPM_CONFIG_REGISTRY",
                                   "npm_config_registry",
                                   "NPM_CONFIG_USERCONFIG",
                                   "SSH_AUTH_SOCK",
                                   "GIT_SSH_COMMAND"});
    // Nobody is there to be asked.
    out.emplace_back("GIT_TERMINAL_PROMPT", "0");
    return out;
}

Result<std::string> run(std::vector<std::string> argv, const fs::path& directory,
                        const std::stop_token& stop) {
    os::Command command;
    command.argv = std::move(argv);
    command.environment = environment();
    command.directory = directory;
    const auto exit = TRY(os::run(command, {.timeout = kLimit}, stop));
    if (exit.reason == os::Exit::Reason::kStopped) return Error(Code::kCancelled, "it was stopped");
    if (exit.ok()) return std::string(trim(exit.out));
    const auto said = printable(head_and_tail(trim(exit.err.empty() ? exit.out : exit.err), 1500, 500));
    return Error(Code::kUnavailable,
                 fmt::format("{} {}: {}: {}", fs::path(command.argv.front()).filename().string(),
                             command.argv.size() > 1 ? command.argv[1] : "", os::describe(exit), said));
}

// npm beside the Node that runs extensions, else on PATH.
Result<std::vector<std::string>> npm() {
    const auto node = TRY(find_node());
    std::error_code error;
    const auto home = fs::canonical(node, error).parent_path().parent_path();
    const auto script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js";
    if (!error && fs::is_regular_file(script, error)) return std::vector{node.string(), script.string()};
    if (const auto found = os::find_program("npm")) return std::vector{found->string()};
    return Error(Code::kNotFound,
                 "packages need npm, which comes with Node, and there is none beside it or on PATH");
}

Status npm_install(const fs::path& folder, const std::vector<std::string>& packages,
                   const std::stop_token& stop) {
    auto argv = TRY(npm());
    // What pi gives its extensions (peer dependencies) hearth gives them, too.
    for (const auto* word : {"install", "--ignore-scripts", "--omit=dev", "--legacy-peer-deps", "--omit=peer",
                             "--no-audit", "--no-fund", "--no-bin-links", "--loglevel=error"})
        argv.emplace_back(word);
    argv.insert(argv.end(), packages.begin(), packages.end());
    TRY(run(std::move(argv), folder, stop));
    return {};
}

// Version and hash of a package, as npm wrote them down.
Result<Fetched> locked(const fs::path& target, const std::string& name) {
    const auto file = target / "package-lock.json";
    const auto value = TRY(parse_json(TRY(os::read_file(file, kMaxLock))).context(file.string()));
    const auto place = "node_modules/" + name;
    const auto* packages = member(value, "packages");
    const auto* entry = packages == nullptr ? nullptr : member(*packages, place);
    const auto version = entry == nullptr ? std::nullopt : string_member(*entry, "version");
    const auto integrity = entry == nullptr ? std::nullopt : string_member(*entry, "integrity");
    if (!version || !integrity)
        return Error(Code::kCorrupt, fmt::format("{} has no version and hash of {}", file.string(), name));
    return Fetched{std::string(*version), std::string(*integrity), target / place};
}

}  // namespace

Result<Fetched> fetch_npm(const std::string& name, const std::string& wanted, const fs::path& target,
                          const std::stop_token& stop) {
    TRY(os::write_file_atomic(target / "package.json",
                              R"({"private":true,"description":"a package of hearth"})"));
    TRY(npm_install(target, {"--save-exact", name + "@" + (wanted.empty() ? "latest" : wanted)}, stop));
    return locked(target, name);
}

Result<Fetched> fetch_git(const std::string& address, const std::string& ref, const fs::path& target,
                          const std::stop_token& stop) {
    const auto git = os::find_program("git");
    if (!git) return Error(Code::kNotFound, "packages from git need git, and there is none on PATH");
    TRY(os::make_directories(target.parent_path()));
    // No hooks, and no other helpers than git's own for its addresses.
    const std::vector<std::string> quiet = {git->string(), "-c", "core.hooksPath=/dev/null", "-c",
                                            "protocol.ext.allow=never"};
    const auto with = [&](std::vector<std::string> words) {
        auto argv = quiet;
        argv.insert(argv.end(), words.begin(), words.end());
        return argv;
    };
    TRY(run(with({"clone", "--quiet", "--no-checkout", "--", address, target.string()}), target.parent_path(),
            stop));
    const auto wanted = ref.empty() ? std::string("HEAD") : ref;
    // A branch is the server's; a tag or a commit is the same on both sides.
    auto there = run(with({"checkout", "--quiet", "--detach", "origin/" + wanted}), target, stop);
    if (!there) there = run(with({"checkout", "--quiet", "--detach", wanted}), target, stop);
    TRY(std::move(there).context(fmt::format("{} has no {}", address, wanted)));
    Fetched fetched{
        .version = TRY(run(with({"rev-parse", "HEAD"}), target, stop)), .hash = {}, .folder = target};
    const auto file = target / "package.json";
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return fetched;
    const auto value =
        TRY(parse_json(TRY(os::read_file(file, std::size_t{1} << 20U))).context(file.string()));
    const auto* needs = member(value, "dependencies");
    if (needs != nullptr && needs->is_object() && !needs->get_object().empty())
        TRY(npm_install(target, {}, stop));
    return fetched;
}

}  // namespace hearth::extend::detail
