#include <algorithm>
#include <fmt/format.h>
#include <string>

#include "app/duration.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/options.h"
#include "app/usage_render.h"
#include "app/verbs.h"
#include "core/ids.h"

namespace hearth::app {
namespace {

using guard::UsageBy;

UsageBy by_of(const std::string& word) {
    if (word == "model") return UsageBy::kModel;
    return word == "day" ? UsageBy::kDay : UsageBy::kKey;
}

Result<UsageReport> gather(const std::string& by, const std::string& since, const std::string& place) {
    UsageReport report{.by = by_of(by), .until_ms = unix_ms_now()};
    const auto length = TRY(parse_duration(since));
    report.since_ms = std::max<std::int64_t>(report.until_ms - std::chrono::milliseconds(length).count(), 0);
    // A table of days begins with a whole one.
    if (report.by == UsageBy::kDay) report.since_ms = guard::day_start(report.since_ms);
    const auto rows = TRY(ledger(place));
    report.lines = TRY(rows->usage(report.by, report.since_ms, report.until_ms + 1));
    auto book = TRY(key_book());
    report.keys = TRY(book.list());
    report.prices = TRY(prices());
    return report;
}

}  // namespace

int verb_usage(Arguments arguments) {
    std::string by = "key";
    std::string since = "7d";
    std::string place;
    bool as_json = false;
    Options options("usage", "Shows what was served: requests, tokens, compute time, errors.");
    options.choice("--by", by, {"key", "model", "day"}, "what makes a row");
    options.option("--since", since, "how far back: 12h, 7d, 4w");
    options.option(
        "--ledger", place,
        "the ledger of `hearth serve --ledger`: a file, or postgresql://USER@HOST/DATABASE (without "
        "it HEARTH_LEDGER, else ledger.db in the state folder)");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "With prices in prices.toml (docs/keys.md) it also says what that would have cost elsewhere.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto gathered = gather(by, since, place);
    if (!gathered) return report(gathered.error());
    if (as_json)
        fmt::print("{}", usage_json(*gathered));
    else if (gathered->lines.empty())
        fmt::print("Nothing was served in that time.\n");
    else
        fmt::print("{}", usage_table(*gathered));
    return 0;
}

}  // namespace hearth::app
