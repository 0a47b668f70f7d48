#include "serve/access_log.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::serve {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class AccessLogTest : public testing::Test {
protected:
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto read = os::read_file(folder_.path() / name);
        return read ? *read : "(" + read.error().message() + ")";
    }

    os::TempDir folder_ = *os::TempDir::create("access-log-");
    fs::path file_ = folder_.path() / "access.log";
};

TEST_F(AccessLogTest, KeepsSoManyFilesOfSoManyBytes) {
    auto log = AccessLog::open({.file = file_, .most = Bytes{10}, .kept = 2});
    ASSERT_TRUE(log) << log.error().message();
    for (const char* line : {"1111\n", "2222\n", "3333\n", "4444\n", "5555\n", "6666\n", "7777\n"})
        ASSERT_TRUE(log->append(line));
    EXPECT_EQ(text("access.log"), "7777\n");
    EXPECT_EQ(text("access.log.1"), "5555\n6666\n");
    EXPECT_EQ(text("access.log.2"), "3333\n4444\n");
    EXPECT_FALSE(fs::exists(folder_.path() / "access.log.3"));
}

TEST_F(AccessLogTest, GoesOnWhereItWas) {
    ASSERT_TRUE(os::write_file_atomic(file_, "before\n", 0600));
    auto log = AccessLog::open({.file = file_, .most = Bytes{10}, .kept = 1});
    ASSERT_TRUE(log && log->append("after\n"));
    EXPECT_EQ(text("access.log.1"), "before\n") << "its length counts";
    EXPECT_EQ(text("access.log"), "after\n");
}

TEST_F(AccessLogTest, ReopenedItWritesToTheNewFile) {
    auto log = AccessLog::open({.file = file_});
    ASSERT_TRUE(log && log->append("old\n"));
    fs::rename(file_, folder_.path() / "moved");
    ASSERT_TRUE(log->append("old too\n"));
    ASSERT_TRUE(log->reopen());
    ASSERT_TRUE(log->append("new\n"));
    EXPECT_EQ(text("moved"), "old\nold too\n");
    EXPECT_EQ(text("access.log"), "new\n");
}

TEST_F(AccessLogTest, MovesToAnotherFileOrNoneAndStaysWhereThatFails) {
    auto log = AccessLog::open({.file = file_});
    ASSERT_TRUE(log && log->append("old\n"));
    EXPECT_FALSE(log->move_to("/proc/absent/access.log"));
    ASSERT_TRUE(log->append("still\n"));
    ASSERT_TRUE(log->move_to(folder_.path() / "other.log"));
    ASSERT_TRUE(log->append("new\n"));
    ASSERT_TRUE(log->move_to(""));
    ASSERT_TRUE(log->append("nowhere\n"));
    EXPECT_EQ(text("access.log"), "old\nstill\n");
    EXPECT_EQ(text("other.log"), "new\n");
}

TEST_F(AccessLogTest, IsForItsOwnerAlone) {
    ASSERT_TRUE(AccessLog::open({.file = file_}));
    struct stat facts{};
    ASSERT_EQ(::stat(file_.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(AccessLogTest, WithoutAFileNothingIsKept) {
    auto log = AccessLog::open({});
    ASSERT_TRUE(log && log->append("line\n") && log->reopen());
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(AccessLogTest, AFolderThatCannotBeWrittenIsAnError) {
    const auto log = AccessLog::open({.file = "/proc/absent/access.log"});
    ASSERT_FALSE(log);
    EXPECT_THAT(log.error().message(), HasSubstr("/proc/absent"));
}

TEST(AccessLine, SaysWhoAskedWhatAndHowItWent) {
    Activity ended;
    ended.peer = "192.168.1.7:50000";
    ended.method = "POST";
    ended.path = "/api/chat\n\xff";
    ended.row.key = "key_1";
    ended.row.dialect = "ollama";
    ended.row.model = "small";
    ended.row.prompt = Tokens{9};
    ended.row.queue_seconds = 1.2345;
    ended.row.end = guard::EndReason::kCancelled;
    ended.row.status = 499;
    const std::string line = access_line(ended);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << "one line";
    const auto value = parse_json(line);
    ASSERT_TRUE(value) << line;
    EXPECT_EQ(value->at("peer"), "192.168.1.7:50000");
    EXPECT_EQ(value->at("key"), "key_1");
    EXPECT_EQ(value->at("status"), 499);
    EXPECT_EQ(value->at("end"), "cancelled");
    EXPECT_EQ(value->at("prompt_tokens"), 9);
    EXPECT_EQ(value->at("queue_ms"), 1235);
}

TEST(AccessLine, WithoutAModelThereAreNoTokens) {
    EXPECT_THAT(access_line(Activity()), Not(HasSubstr("tokens")));
}

TEST(ActivityBook, TellsTheSinksHowARequestEnded) {
    ActivityBook book;
    std::vector<int> statuses;
    book.add_sink([&](const Activity& ended) { statuses.push_back(ended.row.status); });
    {
        const ActivityBook::Entry answered(book);
        answered->status = 200;
        const ActivityBook::Entry broken(book);
        broken->status = 200;
        broken->row.status = 503;
        const ActivityBook::Entry left(book);
        EXPECT_EQ(book.all().size(), 3U);
    }
    EXPECT_THAT(statuses, testing::ElementsAre(499, 503, 200)) << "nobody waited for the answer of the first";
    EXPECT_TRUE(book.all().empty());
}

}  // namespace
}  // namespace hearth::serve
