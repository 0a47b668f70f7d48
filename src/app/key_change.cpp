#include <fmt/format.h>
#include <string>

#include <boost/json.hpp>

#include "app/duration.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/key_render.h"
#include "app/key_verbs.h"
#include "app/options.h"
#include "core/ids.h"
#include "core/text.h"

namespace hearth::app {
namespace {

Status revoke(const std::string& name, bool as_json) {
    const auto now_ms = unix_ms_now();
    auto book = TRY(key_book());
    const auto key = TRY(book.revoke(name, now_ms));
    if (as_json)
        fmt::print("{}\n", json::serialize(key_json(key, now_ms)));
    else
        fmt::print("The key '{}' ({}) is revoked: it is refused from now on.\n", printable(key.terms.name),
                   key.id);
    return {};
}

Status rotate(const std::string& name, const std::string& grace, bool as_json) {
    const auto now_ms = unix_ms_now();
    const auto length = TRY(parse_duration(grace));
    auto book = TRY(key_book());
    print_new_key(TRY(book.rotate(name, length, now_ms)), now_ms, as_json);
    return {};
}

}  // namespace

int key_revoke(Arguments arguments) {
    std::string name;
    bool as_json = false;
    Options options("key revoke", "Ends a key: it is refused from the next request on.");
    options.positional("KEY", name, "its name or id");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = revoke(name, as_json);
    return status ? 0 : report(status.error());
}

int key_rotate(Arguments arguments) {
    std::string name;
    std::string grace = "0s";
    bool as_json = false;
    Options options("key rotate",
                    "Gives a key a new secret and prints it, once. Its terms and its usage stay.");
    options.positional("KEY", name, "its name or id");
    options.option("--grace", grace, "how long the old secret is still good: 30m, 1h, 7d");
    options.flag("--json", as_json, "print JSON, the secret in it");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = rotate(name, grace, as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
