#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "guard/key.h"
#include "guard/ledger.h"
#include "guard/prices.h"

namespace hearth::app {

struct UsageReport {
    guard::UsageBy by = guard::UsageBy::kKey;
    std::int64_t since_ms = 0;
    std::int64_t until_ms = 0;
    std::vector<guard::UsageLine> lines;
    std::vector<guard::Key> keys;  // for their names
    guard::Prices prices;
};

// Pure. The table has a column of book values only when one is known, and a last row of totals when there are several rows.
[[nodiscard]] std::string usage_table(const UsageReport& report);
[[nodiscard]] std::string usage_json(const UsageReport& report);

}  // namespace hearth::app
