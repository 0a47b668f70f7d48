#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <string_view>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/remote_verbs.h"
#include "core/text.h"
#include "os/paths.h"
#include "remote/remotes_file.h"

namespace hearth::app {
namespace {

struct Part {
    std::string_view name;
    std::string_view summary;
    int (*run)(Arguments);
};

constexpr std::array kParts = {
    Part{"add", "Has `hearth serve` offer the models of another server.", remote_add},
    Part{"list", "Asks each: whether it answers, how fast, with which models.", remote_list},
    Part{"rm", "Forgets one.", remote_rm},
};

void print_usage(std::FILE* out) {
    fmt::print(out,
               "Servers elsewhere (vLLM, SGLang, llama-server, another hearth, a cloud) behind `hearth "
               "serve`.\n\n"
               "Usage: hearth remote PART [OPTIONS]\n\nParts:\n");
    for (const auto& part : kParts)
        fmt::print(out, "  {:<8} {}\n", part.name, part.summary);
    fmt::print(
        out,
        "\n`hearth remote PART --help` explains one part; docs/serve.md, \"Engines elsewhere\", has the "
        "whole.\n");
}

}  // namespace

std::filesystem::path remotes_file() { return os::paths_from_environment().config / "remotes.toml"; }

guard::SecretStore secret_store() {
    return guard::SecretStore(os::paths_from_environment().data / "secrets");
}

int remote_rm(Arguments arguments) {
    std::string name;
    Options options("remote rm", "Forgets a server elsewhere. Its secret stays (`hearth secret rm`).");
    options.positional("NAME", name, "as `hearth remote list` has it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto removed = remote::remove_remote(remotes_file(), name);
    if (!removed) return report(removed.error());
    fmt::print("The remote '{}' is gone. A running server sees it after SIGHUP.\n", printable(name));
    return 0;
}

int verb_remote(Arguments arguments) {
    if (arguments.empty()) {
        print_usage(stderr);
        return 2;
    }
    const auto& first = arguments.front();
    if (first == "--help" || first == "-h") {
        print_usage(stdout);
        return 0;
    }
    for (const auto& part : kParts)
        if (part.name == first) return part.run(arguments.subspan(1));
    fmt::print(stderr, "hearth remote: there is no part '{}'. Try: hearth remote --help\n", printable(first));
    return 2;
}

}  // namespace hearth::app
