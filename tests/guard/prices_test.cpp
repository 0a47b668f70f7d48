#include "guard/prices.h"

#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::guard {
namespace {

constexpr std::string_view kSome = R"(currency = "EUR"
[default]
prompt = 2
generated = 4.5
[[model]]
name = "qwen*"
prompt = 1.0
cached = 0.1
generated = 3.0
)";

std::string error_of(std::string_view text) {
    const auto prices = parse_prices(text, "p.toml");
    return prices ? std::string("accepted") : prices.error().message();
}

UsageLine line_of(std::vector<std::pair<std::string, Usage>> models) {
    UsageLine line{.name = "x", .models = std::move(models)};
    for (const auto& [model, usage] : line.models)
        line.total += usage;
    return line;
}

constexpr Usage kUsage{.requests = 1, .prompt = {3'000'000}, .cached = {1'000'000}, .generated = {2'000'000}};

TEST(Prices, TheFirstPatternThatFitsIsTakenElseTheDefault) {
    const auto prices = parse_prices(kSome, "p.toml");
    ASSERT_TRUE(prices) << prices.error().message();
    EXPECT_EQ(prices->currency, "EUR");
    EXPECT_EQ(price_of(*prices, "qwen3:8b")->cached, 0.1);
    EXPECT_EQ(price_of(*prices, "other")->generated, 4.5);
    EXPECT_EQ(price_of(*prices, "other")->cached, 2);  // as a prompt token when it has no price of its own
}

TEST(Prices, BookValueCountsCachedTokensOnce) {
    const auto prices = parse_prices(kSome, "p.toml");
    ASSERT_TRUE(prices);
    const auto value = book_value(line_of({{"qwen3:8b", kUsage}}), *prices);
    ASSERT_TRUE(value);
    EXPECT_DOUBLE_EQ(value->amount, 2 * 1.0 + 1 * 0.1 + 2 * 3.0);
    EXPECT_TRUE(value->whole);
}

TEST(Prices, BookValueSaysWhatItLeavesOut) {
    const Prices prices{.currency = "EUR", .models = {{"qwen*", {1, 1, 1}}}};
    const auto value = book_value(line_of({{"qwen3:8b", kUsage}, {"other", kUsage}}), prices);
    ASSERT_TRUE(value);
    EXPECT_DOUBLE_EQ(value->amount, 5);
    EXPECT_FALSE(value->whole);
    EXPECT_FALSE(book_value(line_of({{"other", kUsage}}), prices));
    EXPECT_FALSE(book_value(line_of({{"qwen3:8b", {.requests = 1}}}), prices));
    EXPECT_TRUE(book_value(line_of({{"qwen3:8b", kUsage}, {"", {.requests = 3}}}), prices)->whole);
}

TEST(Prices, WhatIsWrongIsNamedWithItsLine) {
    EXPECT_EQ(error_of("currency = \"EUR\"\nvat = 1\n"), "p.toml:2: unknown key 'vat'");
    EXPECT_EQ(error_of("[default]\nprompt = 1\n"),
              "p.toml:1: 'generated' has to be a price, from 0 to 1000000000");
    EXPECT_EQ(error_of("[default]\nprompt = -1\ngenerated = 1"),
              "p.toml:2: 'prompt' has to be a price, from 0 to 1000000000");
    EXPECT_NE(error_of("[default]\nprompt = 1\ngenerated = 1").find("'currency' has to be"),
              std::string::npos);
    EXPECT_NE(error_of("[default]\nprompt = nan\ngenerated = 1").find("'prompt'"), std::string::npos);
    EXPECT_NE(error_of("[default]\nprompt = true\ngenerated = 1").find("'prompt'"), std::string::npos);
    EXPECT_NE(error_of("[[model]]\nprompt = 1\ngenerated = 1").find("'name'"), std::string::npos);
    EXPECT_NE(error_of("model = 3").find("'model' is a list"), std::string::npos);
    EXPECT_NE(error_of("= 3").find("p.toml:1"), std::string::npos);
    EXPECT_NE(error_of("\xff").find("p.toml:1"), std::string::npos);
}

TEST(Prices, TheFirstFileThatExistsIsTaken) {
    const auto folder = *os::TempDir::create("hearth-prices");
    const auto own = folder.path() / "own.toml";
    const auto shipped = folder.path() / "shipped.toml";
    EXPECT_TRUE(load_prices({own, shipped})->currency.empty());
    ASSERT_TRUE(os::write_file_atomic(shipped, "currency = \"USD\""));
    EXPECT_EQ(load_prices({own, shipped})->currency, "USD");
    ASSERT_TRUE(os::write_file_atomic(own, kSome));
    EXPECT_EQ(load_prices({own, shipped})->currency, "EUR");
    ASSERT_TRUE(os::write_file_atomic(own, "broken"));
    EXPECT_FALSE(load_prices({own, shipped}));
}

TEST(Prices, NoneAreShipped) {
    const auto prices =
        load_prices({std::filesystem::path(HEARTH_SOURCE_DIR) / "catalogue/prices/prices.toml"});
    ASSERT_TRUE(prices) << prices.error().message();
    EXPECT_TRUE(prices->currency.empty() && prices->models.empty() && !prices->other);
}

// The example in the shipped file is right once its '#' are taken away.
TEST(Prices, TheShippedExampleCanBeRead) {
    const auto text =
        os::read_file(std::filesystem::path(HEARTH_SOURCE_DIR) / "catalogue/prices/prices.toml");
    ASSERT_TRUE(text);
    std::string example = text->substr(text->find("# currency"));
    for (std::size_t at = 0; at != std::string::npos; at = example.find("\n#", at)) {
        const auto hash = example.find('#', at);
        example.erase(hash, example.compare(hash, 2, "# ") == 0 ? 2 : 1);
    }
    const auto prices = parse_prices(example, "example");
    ASSERT_TRUE(prices) << prices.error().message() << example;
    EXPECT_EQ(prices->models.size(), 1U);
    EXPECT_TRUE(prices->other);
}

}  // namespace
}  // namespace hearth::guard
