#include "guard/ledger.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>
#include <random>

#include "guard/processes.h"
#include "os/files.h"
#include "store/postgres.h"
#include "store/sqlite.h"
#include "support/postgres_server.h"

namespace hearth::guard {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMidnight = 20'417LL * kDayMs;  // 2025-11-25
constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

LedgerRow row_of(std::string key, std::string model, std::int64_t time_ms) {
    return {.time_ms = time_ms,
            .key = std::move(key),
            .client = "curl/8.5",
            .session = "s1",
            .dialect = "openai",
            .model = std::move(model),
            .prompt = {1000},
            .cached = {900},
            .generated = {50},
            .draft_accepted = {20},
            .queue_seconds = 0.1,
            .load_seconds = 2,
            .first_token_seconds = 2.5,
            .total_seconds = 4,
            .compute_seconds = 1.5};
}

// Where a ledger of each kind is kept, so that all tests hold for both.
class Place {
public:
    virtual ~Place() = default;

    [[nodiscard]] virtual std::string name() const = 0;

    // Rows of a query on the table of requests, which is written as {} in it.
    [[nodiscard]] virtual std::vector<store::Row> rows(const std::string& sql) const = 0;
};

class SqlitePlace final : public Place {
public:
    [[nodiscard]] std::string name() const override { return folder_.path() / "state/ledger.db"; }

    [[nodiscard]] std::vector<store::Row> rows(const std::string& sql) const override {
        auto database = store::Database::open(name(), std::vector<std::string_view>(9), {.read_only = true});
        EXPECT_TRUE(database);
        return database->query(fmt::format(fmt::runtime(sql), "requests")).value();
    }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-ledger");
};

class PostgresPlace final : public Place {
public:
    [[nodiscard]] std::string name() const override { return url_; }

    [[nodiscard]] std::vector<store::Row> rows(const std::string& sql) const override {
        auto database = store::Postgres::open(url_, "probe", {});
        EXPECT_TRUE(database);
        return database->query(fmt::format(fmt::runtime(sql), "hearth_requests")).value();
    }

private:
    std::string url_ = test::PostgresServer::shared().fresh_database();
};

enum class Kind : std::uint8_t { kSqlite, kPostgres };

class LedgerTest : public testing::TestWithParam<Kind> {
protected:
    void SetUp() override {
        if (GetParam() == Kind::kSqlite)
            place_ = std::make_unique<SqlitePlace>();
        else
            place_ = std::make_unique<PostgresPlace>();
    }

    [[nodiscard]] std::unique_ptr<Ledger> open() const {
        auto ledger = Ledger::at(place_->name());
        EXPECT_TRUE(ledger) << ledger.error().message();
        return std::move(*ledger);
    }

    std::unique_ptr<Place> place_;
};

INSTANTIATE_TEST_SUITE_P(Databases, LedgerTest, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         [](const auto& kind) {
                             return kind.param == Kind::kSqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(LedgerTest, WhatAKeyUsedIsWhatHadToBeComputed) {
    const auto ledger = open();
    ASSERT_TRUE(ledger->record(row_of("a", "m", kMidnight - 1)));
    ASSERT_TRUE(ledger->record(row_of("a", "m", kMidnight)));
    ASSERT_TRUE(ledger->record(row_of("a", "n", kMidnight + 5)));
    ASSERT_TRUE(ledger->record(row_of("b", "m", kMidnight + 5)));
    const auto used = ledger->used_since("a", kMidnight);
    ASSERT_TRUE(used) << used.error().message();
    EXPECT_EQ(used->requests, 2);
    EXPECT_EQ(used->tokens, Tokens{2 * (1000 - 900 + 50)});
    EXPECT_DOUBLE_EQ(used->compute_seconds, 3);
    const auto nothing = ledger->used_since("c", 0);
    ASSERT_TRUE(nothing);
    EXPECT_EQ(nothing->requests, 0);
    EXPECT_EQ(nothing->tokens, Tokens{0});
}

TEST_P(LedgerTest, SumsByKeyWithTheBusiestFirst) {
    const auto ledger = open();
    ASSERT_TRUE(ledger->record(row_of("a", "m", 10)));
    ASSERT_TRUE(ledger->record(row_of("b", "m", 11)));
    auto failed = row_of("b", "n", 12);
    failed.status = 503;
    failed.end = EndReason::kFailed;
    ASSERT_TRUE(ledger->record(failed));
    const auto lines = ledger->usage(UsageBy::kKey, 0, kEver);
    ASSERT_TRUE(lines) << lines.error().message();
    ASSERT_EQ(lines->size(), 2U);
    const auto& line = lines->front();
    EXPECT_EQ(line.name, "b");
    EXPECT_EQ(line.total.requests, 2);
    EXPECT_EQ(line.total.errors, 1);
    EXPECT_EQ(line.total.prompt, Tokens{2000});
    EXPECT_EQ(line.total.cached, Tokens{1800});
    EXPECT_EQ(line.total.generated, Tokens{100});
    EXPECT_EQ(line.total.draft_accepted, Tokens{40});
    EXPECT_DOUBLE_EQ(line.total.compute_seconds, 3);
    ASSERT_EQ(line.models.size(), 2U);
    EXPECT_EQ(line.models[1].first, "n");
    EXPECT_EQ(line.models[1].second.requests, 1);
    EXPECT_EQ(lines->back().name, "a");
}

TEST_P(LedgerTest, SumsByModelAndByDayInTheirOrder) {
    const auto ledger = open();
    for (const auto time : {kMidnight - 1, kMidnight, kMidnight + kDayMs - 1, kMidnight + kDayMs})
        ASSERT_TRUE(ledger->record(row_of("a", time < kMidnight ? "old" : "new", time)));
    const auto names = [&](UsageBy by, std::int64_t since, std::int64_t until) {
        std::vector<std::string> all;
        const auto lines = ledger->usage(by, since, until);
        for (const auto& line : *lines)
            all.push_back(line.name + "=" + std::to_string(line.total.requests));
        return all;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(names(UsageBy::kDay, 0, kEver), (Names{"2025-11-24=1", "2025-11-25=2", "2025-11-26=1"}));
    EXPECT_EQ(names(UsageBy::kDay, kMidnight, kMidnight + kDayMs), (Names{"2025-11-25=2"}));
    EXPECT_EQ(names(UsageBy::kModel, 0, kEver), (Names{"new=3", "old=1"}));
}

TEST_P(LedgerTest, KeepsEveryColumn) {
    auto row = row_of("k", "m", 7);
    row.end = EndReason::kToolCalls;
    row.route = Route::kEmbeddings;
    row.status = 201;
    ASSERT_TRUE(open()->record(row));
    const auto rows = place_->rows(
        "SELECT time_ms, key, client, session, dialect, route, model, prompt_tokens, cached_tokens, "
        "generated_tokens, "
        "draft_accepted_tokens, queue_seconds, load_seconds, first_token_seconds, total_seconds, "
        "compute_seconds, "
        "end_reason, status FROM {}");
    std::string all;
    for (std::size_t column = 0; column < 18; ++column)
        all += rows.front().text(column) + " ";
    EXPECT_EQ(all, "7 k curl/8.5 s1 openai embeddings m 1000 900 50 20 0.1 2 2.5 4 1.5 tool_calls 201 ");
}

TEST_P(LedgerTest, OutsideTextIsCutAndMadeValid) {
    auto row = row_of("k", "m", 7);
    row.client = std::string(198, 'a') + "\xc3\xa4\xc3\xa4";
    row.session = "bad \xff byte";
    row.model = std::string("m\0odel", 6);
    row.total_seconds = std::numeric_limits<double>::quiet_NaN();
    row.compute_seconds = -1;
    row.generated = {-5};
    ASSERT_TRUE(open()->record(row));
    const auto rows = place_->rows(
        "SELECT client, session, total_seconds, compute_seconds, generated_tokens, model FROM {}");
    const store::Row& kept = rows.front();
    EXPECT_EQ(kept.text(0), std::string(198, 'a') + "\xc3\xa4");
    EXPECT_EQ(kept.text(1), "bad \xEF\xBF\xBD byte");
    EXPECT_EQ(kept.real(2), 0);
    EXPECT_EQ(kept.real(3), 0);
    EXPECT_EQ(kept.integer(4), 0);
    EXPECT_EQ(kept.text(5), "m odel");
}

TEST_P(LedgerTest, TwoWritersLoseNothing) {
    constexpr int kEach = 60;
    ASSERT_TRUE(in_processes(2, [&](int number) {
        const auto ledger = Ledger::at(place_->name());
        bool all = ledger.has_value();
        for (int i = 0; i < kEach && all; ++i)
            all = (*ledger)->record(row_of(number == 0 ? "a" : "b", "m", i)).has_value();
        return all;
    }));
    const auto ledger = open();
    EXPECT_EQ(ledger->used_since("a", 0)->requests, kEach);
    EXPECT_EQ(ledger->used_since("b", 0)->requests, kEach);
}

// A writer that says on a pipe which rows record() returned for, until it is killed.
[[noreturn]] void write_until_killed(const std::string& place, const std::string& key, int said) {
    const auto ledger = Ledger::at(place);
    for (std::int64_t i = 0; ledger; ++i) {
        if (!(*ledger)->record(row_of(key, "m", i))) break;
        if (::write(said, "x", 1) != 1) break;
    }
    ::_exit(1);
}

TEST_P(LedgerTest, ARowWhoseRecordReturnedSurvivesAKill) {
    std::mt19937 random(3);
    std::int64_t total = 0;
    for (int round = 0; round < 12; ++round) {
        const std::string key = "k" + std::to_string(round);
        int ends[2] = {};
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        if (child == 0) write_until_killed(place_->name(), key, ends[1]);
        ::close(ends[1]);
        char byte = 0;
        // Some rows are there, then the kill falls anywhere in the next one.
        const std::int64_t rows = 1 + static_cast<std::int64_t>(random() % 8);
        std::int64_t said = 0;
        while (said < rows && ::read(ends[0], &byte, 1) == 1)
            ++said;
        ASSERT_EQ(said, rows);
        for (auto spin = random() % 200'000; spin > 0; --spin)
            std::atomic_signal_fence(std::memory_order_seq_cst);
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        while (::read(ends[0], &byte, 1) == 1)
            ++said;
        ::close(ends[0]);
        const auto kept = open()->used_since(key, 0);
        ASSERT_TRUE(kept) << kept.error().message();
        EXPECT_GE(kept->requests, said);
        EXPECT_LE(kept->requests, said + 1)
            << "at most the row that was under way is there beside those it spoke of";
        total += kept->requests;
    }
    const auto lines = open()->usage(UsageBy::kModel, 0, kEver);
    ASSERT_TRUE(lines);
    EXPECT_EQ(lines->front().total.requests, total);
}

TEST_P(LedgerTest, ASumFromWithinADayHasTheRestOfItAndTheDaysBehindIt) {
    const auto ledger = open();
    for (const auto time :
         {kMidnight, kMidnight + 10, kMidnight + 11, kMidnight + kDayMs, kMidnight + 5 * kDayMs})
        ASSERT_TRUE(ledger->record(row_of("a", "m", time)));
    const auto requests = [&](std::int64_t since) { return ledger->used_since("a", since)->requests; };
    EXPECT_EQ(requests(0), 5);
    EXPECT_EQ(requests(kMidnight), 5);
    EXPECT_EQ(requests(kMidnight + 1), 4);
    EXPECT_EQ(requests(kMidnight + 11), 3);
    EXPECT_EQ(requests(kMidnight + kDayMs), 2);
    EXPECT_EQ(requests(kMidnight + kDayMs + 1), 1);
    EXPECT_EQ(requests(kMidnight + 6 * kDayMs), 0);
}

TEST_P(LedgerTest, PruningRemovesWholeDaysInPieces) {
    const auto ledger = open();
    for (int i = 0; i < 5; ++i)
        ASSERT_TRUE(ledger->record(row_of("a", "m", kMidnight - 1 - i)));
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(ledger->record(row_of("a", "m", kMidnight + i)));
    const std::int64_t noon = kMidnight + kDayMs / 2;
    const auto removed = [&](std::int64_t most) {
        const auto count = ledger->prune(noon, most);
        EXPECT_TRUE(count) << count.error().message();
        return count.value_or(-1);
    };
    EXPECT_EQ(removed(3), 3);
    EXPECT_EQ(removed(3), 2);
    EXPECT_EQ(removed(3), 0);
    EXPECT_EQ(ledger->used_since("a", 0)->requests, 3) << "of the day of noon everything stays";
    EXPECT_EQ(ledger->usage(UsageBy::kKey, 0, kEver)->front().total.requests, 3);
}

TEST_P(LedgerTest, ManyThatOpenAFreshOneAtOnceAllGetIt) {
    ASSERT_TRUE(in_processes(4, [&](int number) {
        const auto ledger = Ledger::at(place_->name());
        return ledger && (*ledger)->ready() && (*ledger)->record(row_of("a", "m", number));
    }));
    EXPECT_EQ(open()->used_since("a", 0)->requests, 4);
}

TEST(Ledger, AnotherUrlIsNoFile) {
    const auto ledger = Ledger::at("mysql://me:hush@desk/usage");
    ASSERT_FALSE(ledger);
    EXPECT_EQ(ledger.error().code(), Code::kInvalidInput);
    EXPECT_EQ(ledger.error().message().find("hush"), std::string::npos);
}

TEST(SqliteLedger, WhatWasServedBeforeThereWereSumsIsInThem) {
    const os::TempDir folder = *os::TempDir::create("hearth-ledger");
    const auto file = folder.path() / "ledger.db";
    ASSERT_TRUE((*Ledger::open(file))->record(row_of("a", "m", kMidnight + 5)));
    {
        // As the first format was.
        auto database = store::Database::open(file, std::vector<std::string_view>(2));
        ASSERT_TRUE(database);
        ASSERT_TRUE(database->execute("DROP TRIGGER requests_add_up"));
        ASSERT_TRUE(database->execute("DROP TABLE usage_days"));
        ASSERT_TRUE(database->query("PRAGMA user_version = 1"));
    }
    const auto ledger = Ledger::open(file);
    ASSERT_TRUE(ledger) << ledger.error().message();
    EXPECT_EQ((*ledger)->used_since("a", kMidnight)->tokens, Tokens{1000 - 900 + 50});
    ASSERT_TRUE((*ledger)->record(row_of("a", "m", kMidnight + 6)));
    EXPECT_EQ((*ledger)->used_since("a", kMidnight)->requests, 2);
}

TEST(PostgresLedger, RefusesWhileItsServerIsDownAndGoesOnWithoutLossOrDouble) {
    test::PostgresServer server;
    const auto opened = Ledger::at(server.fresh_database());
    ASSERT_TRUE(opened) << opened.error().message();
    Ledger& ledger = **opened;
    ASSERT_TRUE(ledger.record(row_of("a", "m", 1)));
    server.stop();
    const Status lost = ledger.record(row_of("a", "m", 2));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code(), Code::kUnavailable);
    EXPECT_FALSE(ledger.ready());
    EXPECT_FALSE(ledger.used_since("a", 0));
    server.start();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!ledger.ready() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(ledger.record(row_of("a", "m", 3)));
    EXPECT_EQ(ledger.used_since("a", 0)->requests, 2);
}

}  // namespace
}  // namespace hearth::guard
