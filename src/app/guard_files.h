#pragma once
#include <memory>
#include <string>

#include "core/result.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "guard/prices.h"
#include "guard/secret_store.h"

namespace hearth::app {

// The secrets of this user.
[[nodiscard]] guard::SecretStore secret_store();

// All of them and the keys of providers elsewhere (provider_key.h), to be kept out of what is written and sent; never null.
[[nodiscard]] std::shared_ptr<const KnownSecrets> kept_secrets();

// The keys, the ledger and the prices of this user. The first two are made when they are not there yet. The ledger is at `place`
// (--ledger), else where HEARTH_LEDGER says, else a file of the state folder: a file, or the URL of a PostgreSQL database.
[[nodiscard]] Result<guard::KeyBook> key_book();
[[nodiscard]] Result<std::unique_ptr<guard::Ledger>> ledger(const std::string& place);
[[nodiscard]] Result<guard::Prices> prices();

}  // namespace hearth::app
