#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <system_error>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/service_unit.h"
#include "app/verbs.h"
#include "core/text.h"
#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnit = "hearth.service";

struct Wish {
    std::string part;
    bool print = false;
    std::vector<std::string> arguments;  // of `hearth serve`
};

fs::path unit_file() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    const fs::path base = config != nullptr && *config == '/'
                              ? fs::path(config)
                              : fs::path(home == nullptr ? "" : home) / ".config";
    return base / "systemd/user" / kUnit;
}

ServiceFacts facts_of(const Wish& wish) {
    return {.program = os::executable_path() / "hearth",
            .arguments = wish.arguments,
            .environment = os::environment_of(
                {"HEARTH_HOME", "OLLAMA_HOST", "OLLAMA_KEEP_ALIVE", "OLLAMA_NUM_PARALLEL",
                 "OLLAMA_CONTEXT_LENGTH", "OLLAMA_MAX_QUEUE", "OLLAMA_KV_CACHE_TYPE", "OLLAMA_ORIGINS"})};
}

Result<os::Exit> systemctl(std::vector<std::string> words) {
    words.insert(words.begin(), {"systemctl", "--user"});
    return os::run({.argv = std::move(words),
                    .environment = os::environment_of(
                        {"PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS"})},
                   {.timeout = std::chrono::seconds(60)});
}

// Its manager answers, whatever it says about its units.
Status need_systemd() {
    const auto asked = systemctl({"show", "--property=Version"});
    if (asked && asked->ok()) return {};
    return Error(
        Code::kUnsupported,
        "this machine has no systemd that runs services for you (`systemctl --user` does not answer). "
        "Start `hearth serve` by what starts programs here; `hearth service install --print` shows "
        "the unit as a model");
}

Status must(std::vector<std::string> words) {
    const std::string what = "systemctl --user " + join(words, " ");
    const os::Exit exit = TRY(systemctl(std::move(words)));
    if (exit.ok()) return {};
    return Error(Code::kUnavailable,
                 fmt::format("{}: {}: {}", what, os::describe(exit), printable(trim(exit.err))));
}

Status install(const Wish& wish) {
    const std::string unit = service_unit(facts_of(wish));
    if (wish.print) {
        fmt::print("{}", unit);
        return {};
    }
    TRY(need_systemd());
    TRY(os::write_file_atomic(unit_file(), unit, 0644));
    TRY(must({"daemon-reload"}));
    TRY(must({"enable", kUnit}));
    TRY(must({"restart", kUnit}));
    fmt::print(
        "hearth serves from now on, and whenever you log in: {}\n"
        "To have it run without a login: loginctl enable-linger\n"
        "What it says: journalctl --user -u hearth\n",
        unit_file().string());
    return {};
}

Status uninstall() {
    if (std::error_code ignored; !fs::exists(unit_file(), ignored))
        return Error(Code::kNotFound,
                     fmt::format("no service is installed: there is no {}", unit_file().string()));
    TRY(need_systemd());
    TRY(must({"disable", "--now", kUnit}));
    std::error_code error;
    fs::remove(unit_file(), error);
    if (error)
        return Error(Code::kUnavailable,
                     fmt::format("{} cannot be removed: {}", unit_file().string(), error.message()));
    TRY(must({"daemon-reload"}));
    fmt::print("The service has ended and is gone. Models, keys and logs stay.\n");
    return {};
}

Status show() {
    if (std::error_code ignored; !fs::exists(unit_file(), ignored)) {
        fmt::print("No service is installed. `hearth service install` makes one.\n");
        return {};
    }
    TRY(need_systemd());
    const os::Exit active = TRY(systemctl({"is-active", kUnit}));
    const os::Exit enabled = TRY(systemctl({"is-enabled", kUnit}));
    fmt::print("{}: {}, {}\n", unit_file().string(), printable(trim(active.out)),
               printable(trim(enabled.out)));
    return {};
}

Status run(const Wish& wish) {
    if (wish.part == "install") return install(wish);
    if (wish.part == "uninstall") return uninstall();
    if (wish.part == "status") return show();
    return Error(Code::kInvalidInput,
                 fmt::format("'{}' is not install, uninstall or status", printable(wish.part)));
}

}  // namespace

int verb_service(Arguments arguments) {
    Wish wish;
    Options options("service", "Has `hearth serve` started by systemd when you log in.");
    options.positional("PART", wish.part, "install, uninstall or status");
    options.flag("--print", wish.print, "install: only show the unit");
    options.rest("ARGS", wish.arguments, "install: options of `hearth serve`, behind --");
    options.footer(
        "HEARTH_HOME and OLLAMA_… variables that are set now are kept for the service. An update of the "
        "program "
        "in its place needs `systemctl --user restart hearth` alone.\n\n"
        "  hearth service install -- --context 32768 --keep-alive 1h");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
