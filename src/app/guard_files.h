#pragma once
#include <memory>
#include <string>

#include "core/result.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "guard/prices.h"

namespace hearth::app {

// The keys, the ledger and the prices of this user. The first two are made when they are not there yet. The ledger is at `place`
// (--ledger), else where HEARTH_LEDGER says, else a file of the state folder: a file, or the URL of a PostgreSQL database.
[[nodiscard]] Result<guard::KeyBook> key_book();
[[nodiscard]] Result<std::unique_ptr<guard::Ledger>> ledger(const std::string& place);
[[nodiscard]] Result<guard::Prices> prices();

}  // namespace hearth::app
