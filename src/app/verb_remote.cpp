#include <array>
#include <fmt/format.h>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/remote_verbs.h"
#include "app/verb_parts.h"
#include "core/text.h"
#include "os/paths.h"
#include "remote/remotes_file.h"

namespace hearth::app {
namespace {

constexpr std::array kParts = {
    Part{"add", "Has `hearth serve` offer the models of another server.", remote_add},
    Part{"list", "Asks each: whether it answers, how fast, with which models.", remote_list},
    Part{"rm", "Forgets one.", remote_rm},
};

constexpr VerbParts kVerb{
    .verb = "remote",
    .about = "Servers elsewhere (vLLM, SGLang, llama-server, another hearth, a cloud) behind `hearth serve`.",
    .parts = kParts,
    .more =
        "`hearth remote PART --help` explains one part; docs/serve.md, \"Engines elsewhere\", has the "
        "whole."};

}  // namespace

std::filesystem::path remotes_file() { return os::paths_from_environment().config / "remotes.toml"; }

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

int verb_remote(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
