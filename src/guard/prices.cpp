#include "guard/prices.h"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <stdexcept>

#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"
#include "guard/key.h"
#include "os/files.h"

namespace hearth::guard {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostText = 200;
constexpr double kMostPrice = 1e9;
constexpr double kMillion = 1e6;

// Reads values of one file and says where in it they are when they are wrong.
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("{}:{}: {}", file_.string(), place.begin.line, what)};
    }

    [[nodiscard]] Status only(const toml::table& table, std::initializer_list<std::string_view> known) const {
        for (const auto& [key, node] : table)
            if (std::ranges::find(known, key.str()) == known.end())
                return wrong(key.source(), fmt::format("unknown key '{}'", printable(key.str())));
        return {};
    }

    [[nodiscard]] Result<std::string> text(const toml::table& table, std::string_view key) const {
        const toml::node* node = table.get(key);
        const auto* value = node == nullptr ? nullptr : node->as_string();
        if (value == nullptr || trim(value->get()).empty() || value->get().size() > kMostText ||
            printable(value->get()) != value->get())
            return wrong(node == nullptr ? table.source() : node->source(),
                         fmt::format("'{}' has to be a short text", key));
        return std::string(trim(value->get()));
    }

    [[nodiscard]] Result<double> amount(const toml::table& table, std::string_view key) const {
        const toml::node* node = table.get(key);
        const auto value = node == nullptr ? std::nullopt : node->value<double>();
        if (!value || !node->is_number() || !(*value >= 0) || *value > kMostPrice)
            return wrong(node == nullptr ? table.source() : node->source(),
                         fmt::format("'{}' has to be a price, from 0 to {}", key, kMostPrice));
        return *value;
    }

    [[nodiscard]] Result<Price> price(const toml::table& table) const {
        Price price;
        price.prompt = TRY(amount(table, "prompt"));
        price.generated = TRY(amount(table, "generated"));
        price.cached = table.contains("cached") ? TRY(amount(table, "cached")) : price.prompt;
        return price;
    }

    [[nodiscard]] Result<Prices> prices(const toml::table& root) const;

private:
    const fs::path& file_;
};

Result<Prices> Reader::prices(const toml::table& root) const {
    TRY(only(root, {"currency", "default", "model"}));
    Prices prices;
    if (const toml::node* node = root.get("default")) {
        const toml::table* table = node->as_table();
        if (table == nullptr) return wrong(node->source(), "'default' is a table");
        TRY(only(*table, {"prompt", "cached", "generated"}));
        prices.other = TRY(price(*table));
    }
    if (const toml::node* node = root.get("model")) {
        const toml::array* tables = node->as_array();
        if (tables == nullptr) return wrong(node->source(), "'model' is a list: write [[model]]");
        for (const toml::node& each : *tables) {
            const toml::table* table = each.as_table();
            if (table == nullptr) return wrong(each.source(), "'model' is a list of tables");
            TRY(only(*table, {"name", "prompt", "cached", "generated"}));
            auto name = TRY(text(*table, "name"));
            prices.models.push_back({.model = std::move(name), .price = TRY(price(*table))});
        }
    }
    if (prices.other || !prices.models.empty() || root.contains("currency"))
        prices.currency = TRY(text(root, "currency"));
    return prices;
}

double cost(const Usage& usage, const Price& price) {
    const auto amount = [](std::int64_t tokens, double each) {
        return static_cast<double>(tokens) / kMillion * each;
    };
    const std::int64_t computed = std::max<std::int64_t>(usage.prompt.value - usage.cached.value, 0);
    return amount(computed, price.prompt) + amount(usage.cached.value, price.cached) +
           amount(usage.generated.value, price.generated);
}

}  // namespace

Result<Prices> parse_prices(std::string_view text, const fs::path& file) {
    const Reader reader(file);
    if (const auto mistake = toml_mistake(text)) {
        const toml::source_position place{.line = mistake->line, .column = mistake->column};
        return reader.wrong({.begin = place, .end = place, .path = {}}, mistake->what);
    }
    try {
        return reader.prices(toml::parse(text, file.string()));
    } catch (const toml::parse_error& error) {
        return reader.wrong(error.source(), error.description());
    } catch (const std::logic_error& error) {
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), error.what()));
    }
}

Result<Prices> load_prices(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
        const auto text = os::read_file(file, kMostFileBytes);
        if (text) return parse_prices(*text, file);
        if (text.error().code() != Code::kNotFound) return text.error();
    }
    return Prices();
}

std::optional<Price> price_of(const Prices& prices, std::string_view model) {
    for (const auto& each : prices.models)
        if (fits_pattern(each.model, model)) return each.price;
    return prices.other;
}

std::optional<BookValue> book_value(const UsageLine& line, const Prices& prices) {
    BookValue value;
    bool known = false;
    for (const auto& [model, usage] : line.models) {
        if (usage.prompt.value + usage.generated.value == 0) continue;
        const auto price = price_of(prices, model);
        if (price) value.amount += cost(usage, *price);
        known = known || price.has_value();
        value.whole = value.whole && price.has_value();
    }
    return known ? std::optional(value) : std::nullopt;
}

}  // namespace hearth::guard
