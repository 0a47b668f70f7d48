#include "app/usage_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;

guard::UsageLine line_of(std::string name, std::string model, std::int64_t requests) {
    const guard::Usage sum{.requests = requests,
                           .errors = 1,
                           .prompt = {3'000'000},
                           .cached = {1'000'000},
                           .generated = {500'000},
                           .draft_accepted = {7},
                           .compute_seconds = 90};
    return {.name = std::move(name), .total = sum, .models = {{std::move(model), sum}}};
}

guard::Key key_of(std::string id, std::string name) {
    return {.id = std::move(id), .terms = {.name = std::move(name)}};
}

UsageReport some_report() {
    return {.by = guard::UsageBy::kKey,
            .since_ms = 0,
            .until_ms = 86'400'000,
            .lines = {line_of("key_1", "qwen3:8b", 12), line_of("", "smollm2:135m", 3)},
            .keys = {key_of("key_1", "edi\x1btor"), key_of("key_2", "other")}};
}

const guard::Prices kPrices{.currency = "EUR", .models = {{"qwen*", {1, 0.1, 2}}}};

TEST(UsageTable, HasARowForEachKeyAndOneOfTotals) {
    EXPECT_EQ(usage_table(some_report()),
              "KEY              REQUESTS  ERRORS   PROMPT   CACHED  GENERATED   COMPUTE\n"
              "edi\\x1btor             12       1  3000000  1000000     500000  1 m 30 s\n"
              "(without a key)         3       1  3000000  1000000     500000  1 m 30 s\n"
              "total                  15       2  6000000  2000000    1000000  3 m 00 s\n");
}

TEST(UsageTable, ShowsABookValueOnlyWhereAPriceIsKnown) {
    auto report = some_report();
    report.prices = kPrices;
    const auto table = usage_table(report);
    EXPECT_THAT(table, HasSubstr("1 m 30 s       3.10 EUR\n"));
    EXPECT_THAT(table, HasSubstr("1 m 30 s              -\n"));
    EXPECT_THAT(table, HasSubstr("3 m 00 s  over 3.10 EUR\n"));
    report.lines.erase(report.lines.begin());
    EXPECT_THAT(usage_table(report), Not(HasSubstr("BOOK")));
}

TEST(UsageTable, AKeyWhoseNameIsUsedAgainHasItsId) {
    auto report = some_report();
    report.keys = {key_of("key_1", "editor"), key_of("key_2", "editor")};
    EXPECT_THAT(usage_table(report), HasSubstr("editor (key_1) "));
    report.keys.clear();
    EXPECT_THAT(usage_table(report), HasSubstr("\nkey_1 "));
}

TEST(UsageTable, OneRowIsItsOwnTotal) {
    auto report = some_report();
    report.lines.pop_back();
    EXPECT_THAT(usage_table(report), Not(HasSubstr("total")));
}

TEST(UsageJson, HasTheSameNumbers) {
    auto report = some_report();
    report.prices = kPrices;
    const auto document = parse_json(usage_json(report));
    ASSERT_TRUE(document) << document.error().message();
    EXPECT_EQ(string_member(*document, "by"), "key");
    EXPECT_EQ(string_member(*document, "until"), "1970-01-02T00:00:00.000Z");
    const auto& lines = *array_member(*document, "lines");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(string_member(lines[0], "key"), "key_1");
    EXPECT_EQ(string_member(lines[0], "name"), "edi\x1btor");
    EXPECT_EQ(integer_member(lines[0], "requests"), 12);
    EXPECT_EQ(integer_member(lines[0], "cached_tokens"), 1'000'000);
    EXPECT_EQ(integer_member(lines[0], "draft_accepted_tokens"), 7);
    EXPECT_EQ(number_member(lines[0], "compute_seconds"), 90);
    EXPECT_EQ(bool_member(*member(lines[0], "book_value"), "whole"), true);
    EXPECT_TRUE(member(lines[1], "key")->is_null());
    EXPECT_EQ(member(lines[1], "book_value"), nullptr);
    const auto& total = *member(*document, "total");
    EXPECT_EQ(integer_member(total, "errors"), 2);
    EXPECT_EQ(bool_member(*member(total, "book_value"), "whole"), false);
}

TEST(UsageJson, NamesModelsAndDaysByTheirOwnWord) {
    auto report = some_report();
    report.by = guard::UsageBy::kModel;
    report.lines = {line_of("qwen3:8b", "qwen3:8b", 1)};
    EXPECT_THAT(usage_json(report), HasSubstr(R"({"model":"qwen3:8b","requests":1,)"));
    report.by = guard::UsageBy::kDay;
    report.lines = {line_of("2026-11-25", "qwen3:8b", 1)};
    EXPECT_THAT(usage_json(report), HasSubstr(R"({"day":"2026-11-25","requests":1,)"));
}

}  // namespace
}  // namespace hearth::app
