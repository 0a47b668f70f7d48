#include "history/object_store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "history/history_fixture.h"

namespace hearth::history {
namespace {

unsigned mode_of(const fs::path& path) {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 0777U;
}

fs::path path_of(const ObjectStore& store, const std::string& id) {
    return store.objects() / id.substr(0, 2) / id.substr(2);
}

TEST_F(HistoryTest, AContentIsFoundByItsHashAndOpenToItsUserAlone) {
    const auto id = os::sha256("content");
    EXPECT_FALSE(store_.has(id));
    ASSERT_TRUE(store_.put(id, "content"));
    ASSERT_TRUE(store_.put(id, "content"));
    EXPECT_TRUE(store_.has(id, 7));
    EXPECT_FALSE(store_.has(id, 8));
    EXPECT_EQ(*store_.get(id), "content");
    EXPECT_EQ(store_.size().value, 7);
    EXPECT_EQ(mode_of(path_of(store_, id)), 0600U);
    EXPECT_EQ(mode_of(path_of(store_, id).parent_path()), 0700U);
    EXPECT_EQ(mode_of(store_.folder()), 0700U);
}

TEST_F(HistoryTest, ADamagedContentIsNotGivenOut) {
    const auto id = os::sha256("content");
    ASSERT_TRUE(store_.put(id, "content"));
    std::ofstream(path_of(store_, id)) << "CONTENT";
    EXPECT_EQ(store_.get(id).error().code(), Code::kCorrupt);
    EXPECT_EQ(store_.get(os::sha256("other")).error().code(), Code::kNotFound);
    EXPECT_EQ(store_.get("../../../etc/passwd").error().code(), Code::kCorrupt);
}

// What a power loss cut short is written again.
TEST_F(HistoryTest, AContentOfAnotherLengthIsReplaced) {
    const auto id = os::sha256("content");
    ASSERT_TRUE(store_.put(id, "content"));
    std::ofstream(path_of(store_, id)) << "con";
    ASSERT_TRUE(store_.put(id, "content"));
    EXPECT_EQ(*store_.get(id), "content");
}

TEST_F(HistoryTest, TheOldestSnapshotsAreDroppedFirst) {
    std::vector<std::string> ids;
    for (int i = 0; i < 4; ++i) {
        put("big", std::string(100'000, static_cast<char>('a' + i)));
        put("same", "shared");
        ids.push_back(take());
    }
    const auto dropped = drop_oldest(store_, Bytes{250'000});
    ASSERT_TRUE(dropped) << dropped.error().message();
    EXPECT_EQ(dropped->snapshots, 2U);
    EXPECT_EQ(dropped->objects, 4U);  // two contents, two lists
    EXPECT_LE(store_.size().value, 250'000);
    EXPECT_TRUE(changes_between(store_, ids[2], ids[3]));
    EXPECT_EQ(changes_between(store_, ids[0], ids[3]).error().code(), Code::kNotFound);
    EXPECT_TRUE(store_.has(os::sha256("shared")));
}

TEST_F(HistoryTest, TheLatestSnapshotStaysHoweverLargeItIs) {
    put("big", std::string(100'000, 'x'));
    const auto id = take();
    std::ofstream(store_.objects() / "new-left-by-a-killed-writer") << "half";
    const auto dropped = drop_oldest(store_, Bytes{10});
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->snapshots, 0U);
    EXPECT_EQ(dropped->objects, 1U);  // the half-written one
    EXPECT_TRUE(store_.has(id));
}

TEST_F(HistoryTest, WhatWasDroppedIsKeptAgainWhenItIsThereStill) {
    put("a", "first");
    const auto first = take();
    put("a", "second");
    take();
    put("a", "first");
    ASSERT_TRUE(drop_oldest(store_, Bytes{1}));
    EXPECT_FALSE(store_.has(os::sha256("first")));
    EXPECT_EQ(take(), first);
    EXPECT_TRUE(store_.has(os::sha256("first")));
}

TEST_F(HistoryTest, AStoreOverItsLimitDropsByItself) {
    limits_.max_store = Bytes{400'000};
    for (int i = 0; i < 20; ++i) {
        put("big", std::string(50'000, static_cast<char>('a' + i)));
        take();
    }
    EXPECT_LE(store_.size().value, 500'000);
    EXPECT_LT(store_.snapshots().size(), 12U);
}

}  // namespace
}  // namespace hearth::history
