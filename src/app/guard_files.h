#pragma once
#include "core/result.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "guard/prices.h"

namespace hearth::app {

// The keys, the ledger and the prices of this user. The first two are made when they are not there yet.
[[nodiscard]] Result<guard::KeyBook> key_book();
[[nodiscard]] Result<guard::Ledger> ledger();
[[nodiscard]] Result<guard::Prices> prices();

}  // namespace hearth::app
