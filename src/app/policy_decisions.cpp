#include <fmt/format.h>
#include <string>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/policy_files.h"
#include "app/policy_verbs.h"
#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxCell = 60;  // bytes of a subject

std::string shown(const std::string& subject) {
    return shortened(replace_all(printable(subject), "\n", "\\n"), kMaxCell);
}

Status show(const policy::DecisionBook& book, bool as_json) {
    auto all = TRY(book.list());
    const auto secrets = kept_secrets();  // one that was set later may be in an older decision
    for (auto& each : all)
        each.subject = secrets->without(each.subject).text;
    if (as_json) {
        json::array list;
        for (const auto& each : all)
            list.push_back(json::object{{"id", each.id()},
                                        {"hash", each.hash},
                                        {"tool", each.tool},
                                        {"subject", each.subject},
                                        {"folder", each.folder},
                                        {"policies", each.policies},
                                        {"time", iso_time(each.unix_ms)}});
        fmt::print("{}\n", json::serialize(list));
        return {};
    }
    if (all.empty()) {
        fmt::print(
            "Nothing is permitted for good: `hearth code --permissions ask` asks, and you can say always.\n");
        return {};
    }
    Table table{.headings = {"ID", "SINCE (UTC)", "TOOL", "WHAT", "FOLDER"}, .numeric = {}, .rows = {}};
    for (const auto& each : all)
        table.rows.push_back({each.id(), iso_time(each.unix_ms).substr(0, 10), printable(each.tool),
                              shown(each.subject), printable(each.folder)});
    fmt::print("{}", render_table(table));
    return {};
}

Status forget(const policy::DecisionBook& book, const std::string& id, bool as_json) {
    const auto count = TRY(book.forget(id));
    if (count == 0 && !id.empty())
        return Error(
            Code::kNotFound,
            fmt::format("no decision begins with '{}': `hearth policy decisions` lists them", printable(id)));
    if (as_json) {
        fmt::print("{{\"forgotten\":{}}}\n", count);
    } else {
        fmt::print("{} decision{} forgotten; {} asked for again.\n", count, count == 1 ? " is" : "s are",
                   count == 1 ? "it is" : "they are");
    }
    return {};
}

}  // namespace

int policy_decisions(Arguments arguments) {
    std::string id;
    bool all = false;
    bool as_json = false;
    Options options("policy decisions", "Shows the calls that were permitted for good, each in one project.");
    options.option("--forget", id, "forget this one: its id, or the beginning of it");
    options.flag("--forget-all", all, "forget all of them");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "A decision is of one call with its very arguments, in one folder, under the policies of then: when "
        "one of these\nchanges, it is asked for again. A running session knows at once what is forgotten.");
    if (const auto status = options.parse(arguments)) return *status;
    if (all && !id.empty())
        return report(Error(Code::kInvalidInput, "--forget and --forget-all exclude each other"));
    const auto book = decision_book(os::paths_from_environment());
    const auto done = all || !id.empty() ? forget(book, id, as_json) : show(book, as_json);
    return done ? 0 : report(done.error());
}

}  // namespace hearth::app
