#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "guard/ledger.h"
#include "store/row.h"

// What the ledgers of all databases share: the values of a row, and what their sums are read from.
namespace hearth::guard::detail {

// The columns of a row in their order, and their values.
inline constexpr std::string_view kRowColumns =
    "time_ms, key, client, session, dialect, route, model, prompt_tokens, cached_tokens, generated_tokens, "
    "draft_accepted_tokens, queue_seconds, load_seconds, first_token_seconds, total_seconds, "
    "compute_seconds, "
    "end_reason, status";
[[nodiscard]] std::vector<store::Value> row_values(const LedgerRow& row);

// Of one row with the requests, tokens and compute seconds of a key; absent sums are 0.
[[nodiscard]] Used used_from(const store::Row& row);

// Of rows ordered by name and model: name, model, requests, errors, the four counts of tokens, compute seconds.
[[nodiscard]] std::vector<UsageLine> usage_from(UsageBy by, const std::vector<store::Row>& rows);

// Where a sum since a moment comes from: whole days, and the rows of the part of a day before them.
struct SumRange {
    std::int64_t rows_from = 0;  // the moment
    std::int64_t days_from =
        0;  // the first day that is whole; the moment itself when it is the beginning of a day
};

[[nodiscard]] SumRange sum_range(std::int64_t since_ms);

}  // namespace hearth::guard::detail
