#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/ledger.h"

namespace hearth::guard {

// What tokens would cost elsewhere, in some currency for a million of them.
struct Price {
    double prompt = 0;  // of the prompt, what no cache spared
    double cached = 0;
    double generated = 0;
};

struct ModelPrice {
    std::string model;  // a pattern, as in KeyTerms::models
    Price price;
};

struct Prices {
    std::string currency;            // as it is to be shown; set when there is any price
    std::vector<ModelPrice> models;  // the first that fits is taken
    std::optional<Price> other;      // for models that none fits
};

// What usage would have cost.
struct BookValue {
    double amount = 0;
    bool whole = true;  // false: some of the models have no price and are left out
};

// Reads a file of prices (TOML, format in docs/keys.md). Errors: kInvalidInput with file and line. Pure.
[[nodiscard]] Result<Prices> parse_prices(std::string_view text, const std::filesystem::path& file);

// The first of the files that exists; no prices when none does.
[[nodiscard]] Result<Prices> load_prices(const std::vector<std::filesystem::path>& files);

[[nodiscard]] std::optional<Price> price_of(const Prices& prices, std::string_view model);

// Nothing when no model that had tokens has a price. Pure.
[[nodiscard]] std::optional<BookValue> book_value(const UsageLine& line, const Prices& prices);

}  // namespace hearth::guard
