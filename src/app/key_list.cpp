#include <fmt/format.h>
#include <vector>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/key_render.h"
#include "app/key_verbs.h"
#include "app/options.h"
#include "core/ids.h"

namespace hearth::app {
namespace {

Status list(bool all, bool as_json) {
    auto book = TRY(key_book());
    auto keys = TRY(book.list());
    if (!all) std::erase_if(keys, [](const guard::Key& key) { return key.revoked_ms.has_value(); });
    const auto now_ms = unix_ms_now();
    if (as_json) {
        json::array records;
        for (const auto& key : keys)
            records.push_back(key_json(key, now_ms));
        fmt::print("{}\n", json::serialize(records));
    } else if (keys.empty()) {
        fmt::print("There is no key. `hearth key create NAME` makes one.\n");
    } else {
        fmt::print("{}", key_table(keys, now_ms));
    }
    return {};
}

}  // namespace

int key_list(Arguments arguments) {
    bool all = false;
    bool as_json = false;
    Options options("key list", "Shows the keys, without their secrets.");
    options.flag("-a,--all", all, "also those that were revoked");
    options.flag("--json", as_json, "print JSON");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = list(all, as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
