#include "guard/detail/ledger_rows.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/text.h"

namespace hearth::guard::detail {
namespace {

using store::Row;
using store::Value;

constexpr std::size_t kMostText = 200;
constexpr std::int64_t kDayMs = 86'400'000;

// A NUL ends a text on its way to PostgreSQL.
Value text_value(std::string_view text) {
    auto valid = to_valid_utf8(text.substr(0, kMostText + 4));
    std::ranges::replace(valid, '\0', ' ');
    return std::string(utf8_front(valid, kMostText));
}

Value count_value(Tokens tokens) { return std::max<std::int64_t>(tokens.value, 0); }

Value seconds_value(double seconds) { return std::isfinite(seconds) && seconds > 0 ? seconds : 0.0; }

Usage usage_of(const Row& row) {
    return {.requests = row.integer(2),
            .errors = row.integer(3),
            .prompt = {row.integer(4)},
            .cached = {row.integer(5)},
            .generated = {row.integer(6)},
            .draft_accepted = {row.integer(7)},
            .compute_seconds = row.real(8)};
}

}  // namespace

std::vector<Value> row_values(const LedgerRow& row) {
    return {row.time_ms,
            text_value(row.key),
            text_value(row.client),
            text_value(row.session),
            text_value(row.dialect),
            std::string(route_name(row.route)),
            text_value(row.model),
            count_value(row.prompt),
            count_value(row.cached),
            count_value(row.generated),
            count_value(row.draft_accepted),
            seconds_value(row.queue_seconds),
            seconds_value(row.load_seconds),
            seconds_value(row.first_token_seconds),
            seconds_value(row.total_seconds),
            seconds_value(row.compute_seconds),
            std::string(end_reason_name(row.end)),
            std::int64_t{row.status}};
}

Used used_from(const Row& row) {
    return {.requests = row.integer(0), .tokens = {row.integer(1)}, .compute_seconds = row.real(2)};
}

std::vector<UsageLine> usage_from(UsageBy by, const std::vector<Row>& rows) {
    std::vector<UsageLine> lines;
    for (const auto& row : rows) {
        if (lines.empty() || lines.back().name != row.text(0)) lines.push_back({.name = row.text(0)});
        const Usage usage = usage_of(row);
        lines.back().total += usage;
        lines.back().models.emplace_back(row.text(1), usage);
    }
    if (by != UsageBy::kDay)
        std::ranges::sort(lines, [](const UsageLine& a, const UsageLine& b) {
            return std::tie(b.total.compute_seconds, a.name) < std::tie(a.total.compute_seconds, b.name);
        });
    return lines;
}

SumRange sum_range(std::int64_t since_ms) {
    const std::int64_t day = day_start(since_ms);
    return {.rows_from = since_ms, .days_from = day == since_ms ? day : day + kDayMs};
}

}  // namespace hearth::guard::detail
