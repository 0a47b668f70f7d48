#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// `hearth key` and `hearth usage` as a person starts them, in a home of their own.
class KeyVerbs : public testing::Test {
protected:
    [[nodiscard]] os::Exit hearth(std::vector<std::string> words) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = os::environment_of({"PATH"});
        command.environment.emplace_back("HEARTH_HOME", home_.path().string());
        auto exit = os::run(command);
        EXPECT_TRUE(exit) << exit.error().message();
        return std::move(*exit);
    }

    [[nodiscard]] json::value output_of(std::vector<std::string> words) const {
        const auto exit = hearth(std::move(words));
        EXPECT_TRUE(exit.ok()) << exit.err;
        auto value = parse_json(exit.out);
        EXPECT_TRUE(value) << exit.out;
        return std::move(*value);
    }

    [[nodiscard]] bool accepted(std::string_view secret) const {
        auto book = guard::KeyBook::open(home_.path() / "data/keys.db");
        return book && book->check(trim(secret), unix_ms_now()).has_value();
    }

    os::TempDir home_ = *os::TempDir::create("hearth-key-test");
};

TEST_F(KeyVerbs, CreatePrintsTheSecretAloneAndItWorks) {
    const auto exit = hearth({"key", "create", "editor"});
    ASSERT_TRUE(exit.ok()) << exit.err;
    EXPECT_THAT(exit.out, StartsWith("hearth_"));
    EXPECT_EQ(exit.out.size(), 7U + 64U + 1U);
    EXPECT_TRUE(accepted(exit.out));
    EXPECT_THAT(exit.err, HasSubstr("'editor'"));
    EXPECT_THAT(exit.err, Not(HasSubstr(std::string(trim(exit.out)))));
}

TEST_F(KeyVerbs, CreateTakesEveryTerm) {
    const auto key = output_of({"key",
                                "create",
                                "ci",
                                "--models",
                                "qwen*,smollm2:135m",
                                "--models",
                                "gemma3:1b",
                                "--routes",
                                "chat,pull",
                                "--tokens-per-day",
                                "1000",
                                "--compute-seconds-per-day",
                                "60",
                                "--parallel",
                                "2",
                                "--expires",
                                "30d",
                                "--weight",
                                "7",
                                "--json"});
    EXPECT_EQ(json::serialize(*member(key, "models")), R"(["qwen*","smollm2:135m","gemma3:1b"])");
    EXPECT_EQ(json::serialize(*member(key, "routes")), R"(["chat","pull"])");
    EXPECT_EQ(integer_member(key, "tokens_per_day"), 1000);
    EXPECT_EQ(integer_member(key, "compute_seconds_per_day"), 60);
    EXPECT_EQ(integer_member(key, "parallel"), 2);
    EXPECT_EQ(integer_member(key, "weight"), 7);
    EXPECT_EQ(string_member(key, "state"), "active");
    EXPECT_THAT(std::string(*string_member(key, "expires")),
                StartsWith(iso_time(unix_ms_now() + 30LL * 86'400'000).substr(0, 10)));
    EXPECT_TRUE(accepted(*string_member(key, "secret")));
}

TEST_F(KeyVerbs, WrongTermsMakeNoKey) {
    for (const std::vector<std::string>& terms : {std::vector<std::string>{"--routes", "everything"},
                                                  {"--expires", "soon"},
                                                  {"--expires", "0s"},
                                                  {"--weight", "0"},
                                                  {"--tokens-per-day", "0"},
                                                  {"--models", "a b"},
                                                  {"--models", ""}}) {
        std::vector<std::string> words = {"key", "create", "x"};
        words.insert(words.end(), terms.begin(), terms.end());
        const auto exit = hearth(words);
        EXPECT_EQ(exit.code, 2) << terms.back();
        EXPECT_THAT(exit.out, IsEmpty());
        EXPECT_THAT(exit.err, Not(IsEmpty()));
    }
    EXPECT_THAT(hearth({"key", "create", "x", "--routes", "everything"}).err,
                HasSubstr("chat, embeddings, models, pull, manage"));
    EXPECT_THAT(hearth({"key", "list"}).out, StartsWith("There is no key."));
}

TEST_F(KeyVerbs, ListShowsTermsAndNoSecrets) {
    const auto secret =
        std::string(trim(hearth({"key", "create", "editor", "--tokens-per-day", "5000"}).out));
    const auto table = hearth({"key", "list"}).out;
    EXPECT_THAT(table, StartsWith("NAME    ID "));
    EXPECT_THAT(table, HasSubstr("\neditor  key_"));
    EXPECT_THAT(table, HasSubstr("chat,embeddings,models        5000"));
    const auto keys = output_of({"key", "list", "--json"});
    ASSERT_EQ(keys.as_array().size(), 1U);
    EXPECT_EQ(string_member(keys.as_array()[0], "name"), "editor");
    EXPECT_TRUE(member(keys.as_array()[0], "expires")->is_null());
    EXPECT_THAT(table + json::serialize(keys), Not(HasSubstr(secret.substr(7, 16))));
}

TEST_F(KeyVerbs, RevokeEndsAKeyAndHidesIt) {
    const auto secret = hearth({"key", "create", "editor"}).out;
    ASSERT_TRUE(accepted(secret));
    EXPECT_TRUE(hearth({"key", "revoke", "editor"}).ok());
    EXPECT_FALSE(accepted(secret));
    EXPECT_EQ(output_of({"key", "list", "--json"}).as_array().size(), 0U);
    const auto all = output_of({"key", "list", "--all", "--json"});
    ASSERT_EQ(all.as_array().size(), 1U);
    EXPECT_EQ(string_member(all.as_array()[0], "state"), "revoked");
    EXPECT_EQ(hearth({"key", "revoke", "editor"}).code, 3);
}

TEST_F(KeyVerbs, RotateChangesTheSecretWithAGraceIfWanted) {
    const auto first = hearth({"key", "create", "editor"}).out;
    const auto second = hearth({"key", "rotate", "editor", "--grace", "1h"}).out;
    EXPECT_TRUE(accepted(first) && accepted(second));
    const auto third = output_of({"key", "rotate", "editor", "--json"});
    EXPECT_FALSE(accepted(first) || accepted(second));
    EXPECT_TRUE(accepted(*string_member(third, "secret")));
}

TEST_F(KeyVerbs, AMistakenPartIsNotRepeated) {
    const auto exit = hearth({"key", "hearth_secret"});
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.out + exit.err, Not(HasSubstr("hearth_secret")));
    EXPECT_TRUE(hearth({"key", "--help"}).ok());
}

TEST_F(KeyVerbs, UsageSumsWhatTheLedgerHas) {
    EXPECT_THAT(hearth({"usage"}).out, StartsWith("Nothing was served"));
    const auto key = output_of({"key", "create", "editor", "--json"});
    auto ledger = guard::Ledger::open(home_.path() / "state/ledger.db");
    ASSERT_TRUE(ledger);
    const auto now_ms = unix_ms_now();
    for (const auto age_days : {0, 1, 40})
        ASSERT_TRUE((*ledger)->record({.time_ms = now_ms - age_days * 86'400'000LL,
                                       .key = std::string(*string_member(key, "id")),
                                       .model = "qwen3:8b",
                                       .prompt = {1000},
                                       .generated = {10},
                                       .compute_seconds = 2}));
    EXPECT_THAT(hearth({"usage"}).out,
                HasSubstr("\neditor         2       0    2000       0         20    4.0 s\n"));
    EXPECT_EQ(output_of({"usage", "--by", "day", "--json"}).as_object()["lines"].as_array().size(), 2U);
    EXPECT_EQ(integer_member(*member(output_of({"usage", "--since", "60d", "--json"}), "total"), "requests"),
              3);
    EXPECT_EQ(hearth({"usage", "--since", "ever"}).code, 2);
}

TEST_F(KeyVerbs, UsageHasBookValuesWithPricesOfOnesOwn) {
    auto ledger = guard::Ledger::open(home_.path() / "state/ledger.db");
    ASSERT_TRUE(ledger &&
                (*ledger)->record({.time_ms = unix_ms_now(), .model = "qwen3:8b", .prompt = {2'000'000}}));
    EXPECT_THAT(hearth({"usage"}).out, Not(HasSubstr("BOOK VALUE")));
    const auto file = home_.path() / "config/prices.toml";
    ASSERT_TRUE(os::write_file_atomic(file, "currency = \"EUR\"\n[default]\nprompt = 1.5\ngenerated = 2\n"));
    EXPECT_THAT(hearth({"usage"}).out, HasSubstr("3.00 EUR\n"));
    ASSERT_TRUE(os::write_file_atomic(file, "prompt = 1.5\n"));
    const auto exit = hearth({"usage"});
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.err, HasSubstr("prices.toml:1: unknown key 'prompt'"));
}

}  // namespace
}  // namespace hearth::app
