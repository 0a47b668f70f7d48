#include "guard/key_book.h"

#include <array>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sys/stat.h>

#include "core/text.h"
#include "guard/processes.h"
#include "os/files.h"

namespace hearth::guard {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kNow = 1'764'000'000'000;

class KeyBookTest : public testing::Test {
protected:
    [[nodiscard]] KeyBook open() const {
        auto book = KeyBook::open(file_);
        EXPECT_TRUE(book) << book.error().message();
        return std::move(*book);
    }

    // Every byte of the folder of the database.
    [[nodiscard]] std::string bytes() const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator(file_.parent_path())) {
            std::ifstream in(entry.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), {});
        }
        return all;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-keys");
    std::filesystem::path file_ = folder_.path() / "data/keys.db";
};

Code refusal_of(KeyBook& book, std::string_view secret, std::int64_t now_ms = kNow) {
    const auto key = book.check(secret, now_ms);
    return key ? Code::kInternal : key.error().code();
}

TEST_F(KeyBookTest, ASecretIsGoodForTheTermsItWasMadeWith) {
    const KeyTerms terms{.name = "Ana's editor",
                         .models = {"qwen*", "smollm2:135m"},
                         .routes = {Route::kChat, Route::kPull},
                         .tokens_per_day = Tokens{100'000},
                         .compute_seconds_per_day = 600,
                         .parallel = 2,
                         .expires_ms = kNow + 1000,
                         .weight = 7};
    const auto made = open().create(terms, kNow);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->key.terms, terms);
    auto book = open();
    const auto key = book.check(made->secret, kNow);
    ASSERT_TRUE(key) << key.error().message();
    EXPECT_EQ(key->id, made->key.id);
    EXPECT_EQ(key->terms, terms);
    EXPECT_EQ(key->created_ms, kNow);
    EXPECT_FALSE(key->used_ms);
}

TEST_F(KeyBookTest, ASecretHas256RandomBitsAndIsKeptNowhere) {
    auto book = open();
    std::set<std::string> secrets;
    for (int i = 0; i < 20; ++i) {
        const auto made = book.create({.name = fmt::format("key {}", i)}, kNow);
        ASSERT_TRUE(made);
        EXPECT_TRUE(made->secret.starts_with("hearth_"));
        EXPECT_EQ(made->secret.size(), 7U + 64U);
        EXPECT_EQ(made->secret.find_first_not_of("0123456789abcdef", 7), std::string::npos);
        secrets.insert(made->secret.substr(7));
    }
    EXPECT_EQ(secrets.size(), 20U);
    const auto all = bytes();
    EXPECT_NE(all.find("key 7"), std::string::npos);
    for (const auto& secret : secrets)
        EXPECT_EQ(all.find(secret), std::string::npos);
}

TEST_F(KeyBookTest, TheFileIsForItsOwnerAlone) {
    auto book = open();
    ASSERT_TRUE(book.create({.name = "a"}, kNow));
    for (const auto& entry : std::filesystem::directory_iterator(file_.parent_path())) {
        struct stat facts{};
        ASSERT_EQ(::stat(entry.path().c_str(), &facts), 0);
        EXPECT_EQ(facts.st_mode & 0777U, 0600U) << entry.path();
    }
}

TEST_F(KeyBookTest, EveryRefusalIsInTheSameWords) {
    auto book = open();
    const auto revoked = book.create({.name = "revoked"}, kNow);
    const auto expired = book.create({.name = "expired", .expires_ms = kNow - 1}, kNow - 10);
    const auto rotated = book.create({.name = "rotated"}, kNow);
    ASSERT_TRUE(revoked && expired && rotated);
    ASSERT_TRUE(book.revoke("revoked", kNow));
    ASSERT_TRUE(book.rotate("rotated", seconds(0), kNow));
    const std::string unknown = "hearth_" + std::string(64, '0');
    std::set<std::string> words;
    for (const auto& secret : {unknown, std::string(), std::string("sk-none"), std::string(10'000, 'a'),
                               revoked->secret, expired->secret, rotated->secret, revoked->secret + " "}) {
        const auto key = book.check(secret, kNow);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code(), Code::kPermission);
        words.insert(key.error().message());
    }
    EXPECT_EQ(words.size(), 1U);
}

TEST_F(KeyBookTest, WhatAnotherProcessRevokesIsRefusedAtTheNextCheck) {
    auto server = open();
    const auto made = server.create({.name = "a"}, kNow);
    ASSERT_TRUE(made);
    ASSERT_TRUE(server.check(made->secret, kNow));
    ASSERT_TRUE(in_processes(1, [&](int) { return open().revoke("a", kNow).has_value(); }));
    EXPECT_EQ(refusal_of(server, made->secret), Code::kPermission);
}

TEST_F(KeyBookTest, ARevokedKeyStaysInTheListAndItsNameIsFree) {
    auto book = open();
    const auto first = book.create({.name = "a"}, kNow);
    ASSERT_TRUE(first);
    const auto again = book.create({.name = "a"}, kNow);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Code::kConflict);
    ASSERT_TRUE(book.revoke(first->key.id, kNow + 1));
    const auto second = book.create({.name = "a"}, kNow + 2);
    ASSERT_TRUE(second) << second.error().message();
    const auto keys = book.list();
    ASSERT_TRUE(keys);
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->at(0).revoked_ms, kNow + 1);
    EXPECT_EQ(keys->at(1).id, second->key.id);
    const auto twice = book.revoke(first->key.id, kNow);
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code(), Code::kConflict);
    EXPECT_TRUE(book.check(second->secret, kNow));
}

TEST_F(KeyBookTest, AnUnknownNameIsNotFound) {
    auto book = open();
    EXPECT_EQ(book.revoke("nobody", kNow).error().code(), Code::kNotFound);
    EXPECT_EQ(book.rotate("nobody", seconds(0), kNow).error().code(), Code::kNotFound);
}

TEST_F(KeyBookTest, ARotatedKeyHasANewSecretAtOnce) {
    auto book = open();
    const auto made = book.create({.name = "a"}, kNow);
    const auto rotated = book.rotate("a", seconds(0), kNow);
    ASSERT_TRUE(made && rotated);
    EXPECT_EQ(rotated->key.id, made->key.id);
    EXPECT_NE(rotated->secret, made->secret);
    EXPECT_EQ(refusal_of(book, made->secret), Code::kPermission);
    EXPECT_TRUE(book.check(rotated->secret, kNow));
}

TEST_F(KeyBookTest, AnOldSecretIsGoodUntilItsGraceEnds) {
    auto book = open();
    const auto made = book.create({.name = "a"}, kNow);
    const auto rotated = book.rotate("a", seconds(60), kNow);
    ASSERT_TRUE(made && rotated);
    EXPECT_TRUE(book.check(made->secret, kNow + 59'999));
    EXPECT_EQ(refusal_of(book, made->secret, kNow + 60'000), Code::kPermission);
    EXPECT_TRUE(book.check(rotated->secret, kNow + 60'000));
}

TEST_F(KeyBookTest, ALaterRotationShortensAnEarlierGraceAndNeverLengthensIt) {
    auto book = open();
    const auto first = book.create({.name = "a"}, kNow);
    const auto second = book.rotate("a", seconds(60), kNow);
    ASSERT_TRUE(first && second);
    const auto third = book.rotate("a", seconds(3600), kNow + 1000);
    ASSERT_TRUE(third);
    EXPECT_EQ(refusal_of(book, first->secret, kNow + 60'000), Code::kPermission);
    EXPECT_TRUE(book.check(second->secret, kNow + 60'000));
    ASSERT_TRUE(book.rotate("a", seconds(0), kNow + 2000));
    for (const auto& old : {first->secret, second->secret, third->secret})
        EXPECT_EQ(refusal_of(book, old, kNow + 2000), Code::kPermission);
}

TEST_F(KeyBookTest, ARevokedOrExpiredKeyGetsNoNewSecret) {
    auto book = open();
    const auto revoked = book.create({.name = "a"}, kNow);
    ASSERT_TRUE(revoked && book.revoke("a", kNow) &&
                book.create({.name = "b", .expires_ms = kNow}, kNow - 1));
    EXPECT_EQ(book.rotate(revoked->key.id, seconds(0), kNow).error().code(), Code::kConflict);
    EXPECT_EQ(book.rotate("b", seconds(0), kNow).error().code(), Code::kConflict);
    EXPECT_EQ(book.rotate("b", seconds(-1), kNow).error().code(), Code::kInvalidInput);
}

TEST_F(KeyBookTest, LastUseIsKeptToAMinute) {
    auto book = open();
    const auto made = book.create({.name = "a"}, kNow);
    ASSERT_TRUE(made);
    const auto used = [&] { return book.list()->front().used_ms; };
    ASSERT_TRUE(book.used(made->key.id, kNow));
    EXPECT_EQ(used(), kNow);
    ASSERT_TRUE(book.used(made->key.id, kNow + 59'000));
    EXPECT_EQ(used(), kNow);
    ASSERT_TRUE(book.used(made->key.id, kNow + 61'000));
    EXPECT_EQ(used(), kNow + 61'000);
}

TEST_F(KeyBookTest, ProcessesThatCreateAtTheSameTimeLoseNothing) {
    constexpr int kProcesses = 3;
    constexpr int kEach = 10;
    ASSERT_TRUE(in_processes(kProcesses, [&](int number) {
        auto book = KeyBook::open(file_);
        bool all = book.has_value();
        for (int i = 0; i < kEach && all; ++i)
            all = book->create({.name = fmt::format("{}-{}", number, i)}, kNow).has_value();
        return all;
    }));
    EXPECT_EQ(open().list()->size(), static_cast<std::size_t>(kProcesses * kEach));
}

TEST_F(KeyBookTest, OneOfTwoThatWantTheSameNameGetsIt) {
    ASSERT_TRUE(open().list());
    ASSERT_TRUE(in_processes(2, [&](int) {
        const auto made = open().create({.name = "the one"}, kNow);
        return made || made.error().code() == Code::kConflict;
    }));
    EXPECT_EQ(open().list()->size(), 1U);
}

}  // namespace
}  // namespace hearth::guard
