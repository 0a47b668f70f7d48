#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/secret_input.h"
#include "app/verb_parts.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMostSecret = std::size_t{64} << 10U;

Status set(const std::string& name) {
    TRY(guard::check_secret_name(name));  // before it is typed in vain
    const std::string text =
        TRY(read_secret(fmt::format("Secret '{}' (it is not shown): ", name), kMostSecret));
    TRY(secret_store().set(name, TRY(guard::Secret::from_text(text))));
    fmt::print(
        "The secret '{0}' is kept. `hearth remote add … --secret {0}` uses it, and `hearth code --allow-host "
        "'HOST with {0} in Authorization: Bearer {{}}'` too.\n",
        name);
    if (text.size() < KnownSecrets::kLeast)
        fmt::print(
            "It has less than {} characters and cannot be told from other text: it is taken out of nothing, "
            "and "
            "no rule of `hearth code` can have it.\n",
            KnownSecrets::kLeast);
    return {};
}

int secret_set(Arguments arguments) {
    std::string name;
    Options options(
        "secret set",
        "Keeps a secret for a server elsewhere: an API key, typed without being shown or read from "
        "standard input.");
    options.positional("NAME", name, "to call it by, as in `hearth remote add --secret NAME`");
    options.footer(
        "Never give the secret itself on the command line, where other users could see it.\n"
        "It is kept in a file that only you can read (secrets/NAME in the data folder), sent to the remotes "
        "and by the rules of "
        "`hearth code` that name it, and shown nowhere: it is taken out of sessions, the audit log, exports, "
        "tool results and "
        "errors. A running server takes a new one on SIGHUP.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = set(name);
    return status ? 0 : report(status.error());
}

int secret_list(Arguments arguments) {
    bool as_json = false;
    Options options("secret list", "Shows the names of the secrets that are kept.");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto names = secret_store().list();
    if (!names) return report(names.error());
    if (as_json)
        fmt::print("{}\n", json::serialize(json::array(names->begin(), names->end())));
    else if (names->empty())
        fmt::print("There is no secret. `hearth secret set NAME` keeps one.\n");
    else
        fmt::print("{}\n", join(*names, "\n"));
    return 0;
}

int secret_rm(Arguments arguments) {
    std::string name;
    Options options("secret rm", "Removes a secret.");
    options.positional("NAME", name, "as `hearth secret list` has it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto removed = secret_store().remove(name);
    if (!removed) return report(removed.error());
    fmt::print("The secret '{}' is removed.\n", name);
    return 0;
}

constexpr std::array kParts = {
    Part{"set", "Keeps one, typed or read from standard input.", secret_set},
    Part{"list", "Shows their names.", secret_list},
    Part{"rm", "Removes one.", secret_rm},
};

constexpr VerbParts kVerb{.verb = "secret",
                          .about = "Secrets (API keys) of servers elsewhere, for `hearth remote`.",
                          .parts = kParts,
                          .more = "`hearth secret PART --help` explains one part.",
                          .unknown = UnknownPart::kHidden};

}  // namespace

int verb_secret(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
