#include "serve/response_store.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/files.h"

namespace hearth::serve {
namespace {

class ResponseStoreTest : public testing::Test {
protected:
    ResponseStore open(const ResponseStore::Limits& limits = {}) {
        auto store = ResponseStore::open(file_, limits);
        EXPECT_TRUE(store) << store.error().message();
        return *std::move(store);
    }

    static KeptResponse response(std::string id, std::string key = {}, std::string previous = {}) {
        return {.id = std::move(id),
                .key = std::move(key),
                .previous = std::move(previous),
                .input = "[]",
                .body = "{}"};
    }

    os::TempDir folder_ = *os::TempDir::create("responses-");
    std::filesystem::path file_ = folder_.path() / "responses.db";
};

TEST_F(ResponseStoreTest, KeepsAndForgets) {
    auto store = open();
    ASSERT_TRUE(
        store.keep({.id = "a", .key = "k", .previous = {}, .input = "[1]", .body = R"({"output":[]})"}, 1));
    const auto found = store.find("k", "a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->input, "[1]");
    EXPECT_EQ(found->body, R"({"output":[]})");
    ASSERT_TRUE(store.remove("k", "a"));
    EXPECT_EQ(store.find("k", "a").error().code(), Code::kNotFound);
    EXPECT_EQ(store.remove("k", "a").error().code(), Code::kNotFound);
}

TEST_F(ResponseStoreTest, IsForItsUserAlone) {
    auto store = open();
    EXPECT_EQ(std::filesystem::status(file_).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ResponseStoreTest, ShowsAResponseToItsKeyOnly) {
    auto store = open();
    ASSERT_TRUE(store.keep(response("a", "k"), 1));
    EXPECT_EQ(store.find("other", "a").error().code(), Code::kNotFound);
    EXPECT_EQ(store.find("", "a").error().code(), Code::kNotFound);
    EXPECT_FALSE(store.remove("other", "a"));
    EXPECT_FALSE(store.conversation("other", "a", 2));
    EXPECT_TRUE(store.find("k", "a"));
}

TEST_F(ResponseStoreTest, AConversationIsAllTurnsInTheirOrder) {
    auto store = open();
    ASSERT_TRUE(store.keep(response("a"), 1));
    ASSERT_TRUE(store.keep(response("b", "", "a"), 2));
    ASSERT_TRUE(store.keep(response("other", "", "a"), 3));
    ASSERT_TRUE(store.keep(response("c", "", "b"), 4));
    const auto turns = store.conversation("", "c", 5);
    ASSERT_TRUE(turns);
    std::vector<std::string> ids;
    for (const auto& turn : *turns)
        ids.push_back(turn.id);
    EXPECT_THAT(ids, testing::ElementsAre("a", "b", "c"));
    ASSERT_TRUE(store.remove("", "a"));
    EXPECT_EQ(store.conversation("", "c", 6).error().code(), Code::kNotFound)
        << "without its beginning it is another one";
}

TEST_F(ResponseStoreTest, MakesRoomByAgeCountAndSizeForEachKey) {
    auto store = open({.responses = 3, .size = Bytes{1000}, .age = std::chrono::hours(1)});
    ASSERT_TRUE(store.keep(response("theirs", "other"), 1));
    for (const auto* id : {"a", "b", "c"})
        ASSERT_TRUE(store.keep(response(id), 1));
    ASSERT_TRUE(store.conversation("", "a", 2)) << "used: b is the one that was not for the longest time";
    ASSERT_TRUE(store.keep(response("d"), 3));
    EXPECT_TRUE(store.find("", "a"));
    EXPECT_FALSE(store.find("", "b"));
    auto large = response("large");
    large.body = std::string(995, 'x');
    ASSERT_TRUE(store.keep(large, 4));
    EXPECT_TRUE(store.find("", "large"));
    EXPECT_FALSE(store.find("", "d"));
    ASSERT_TRUE(store.keep(response("late"), 4 + 3'600'001));
    EXPECT_FALSE(store.find("", "large"));
    EXPECT_TRUE(store.find("other", "theirs")) << "nobody pushes out another's";
}

TEST_F(ResponseStoreTest, SurvivesAKillInTheMiddleOfWriting) {
    {
        auto store = open();
    }
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto store = ResponseStore::open(file_, {});
        for (int i = 0; store && i < 1'000'000; ++i) {
            if (!store->keep(response("r" + std::to_string(i)), i)) break;
            if (::write(told[1], &i, sizeof i) != sizeof i) break;
        }
        ::_exit(1);
    }
    ::close(told[1]);
    int last = -1;
    for (int i = 0; i < 20; ++i)
        ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(told[0]);
    auto store = open();
    for (int i = 0; i <= last; ++i)
        EXPECT_TRUE(store.find("", "r" + std::to_string(i))) << i;
}

}  // namespace
}  // namespace hearth::serve
