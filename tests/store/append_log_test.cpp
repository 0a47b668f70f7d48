#include "store/append_log.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "os/files.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AppendLogFile : public ::testing::Test {
protected:
    void SetUp() override {
        auto made = os::TempDir::create("hearth-log-test");
        ASSERT_TRUE(made) << made.error().message();
        folder_.emplace(std::move(*made));
        path_ = folder_->path() / "sessions" / "one.jsonl";
    }

    [[nodiscard]] AppendLog open(std::vector<std::string>* records = nullptr) const {
        auto log = AppendLog::open(path_, [&](const LogRecord& record) {
            if (records != nullptr) records->emplace_back(record.json);
            return true;
        });
        if (!log) ADD_FAILURE() << log.error().message();
        return std::move(*log);
    }

    [[nodiscard]] std::vector<std::string> read(LogReport* report = nullptr) const {
        std::vector<std::string> records;
        auto found = read_log(path_, [&](const LogRecord& record) {
            records.emplace_back(record.json);
            return true;
        });
        if (!found) ADD_FAILURE() << found.error().message();
        if (found && report != nullptr) *report = std::move(*found);
        return records;
    }

    [[nodiscard]] std::string bytes() const { return os::read_file(path_).value_or(""); }

    void overwrite(std::string_view content) const {
        os::Fd fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        ASSERT_TRUE(os::write_all(fd.get(), content, "test"));
    }

    // Runs `work` in a child process; gives its wait status.
    static int in_child(const std::function<int()>& work) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(work());
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    std::optional<os::TempDir> folder_;
    fs::path path_;
};

TEST_F(AppendLogFile, GivesBackWhatWasAppendedAndCountsOn) {
    {
        auto log = open();
        EXPECT_EQ(log.append(R"({"n":1})", Durability::kSync).value_or(0), 1U);
        EXPECT_EQ(log.append(R"({"n":2})", Durability::kBuffered).value_or(0), 2U);
    }
    std::vector<std::string> records;
    auto log = open(&records);
    EXPECT_THAT(records, ElementsAre(R"({"n":1})", R"({"n":2})"));
    EXPECT_THAT(log.loaded().notices, IsEmpty());
    EXPECT_EQ(log.append(R"({"n":3})", Durability::kSync).value_or(0), 3U);
    EXPECT_THAT(read(), SizeIs(3));
}

TEST_F(AppendLogFile, IsPrivateToTheUser) {
    const auto log = open();
    struct stat info{};
    ASSERT_EQ(::stat(path_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(AppendLogFile, HasOneWriter) {
    auto log = open();
    const auto second = AppendLog::open(path_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code(), Code::kConflict);
    EXPECT_THAT(second.error().message(), HasSubstr(path_.string()));
    EXPECT_TRUE(log.append("{}", Durability::kBuffered));
    EXPECT_THAT(read(), SizeIs(1));  // a reader needs no lock
}

TEST_F(AppendLogFile, CanBeOpenedAgainOnceTheWriterIsGone) {
    {
        auto log = open();
    }
    EXPECT_TRUE(AppendLog::open(path_));
}

TEST_F(AppendLogFile, WritesNothingOfARefusedRecord) {
    auto log = open();
    EXPECT_FALSE(log.append("{\"a\":\n1}", Durability::kSync));
    EXPECT_FALSE(log.append("[1]", Durability::kSync));
    EXPECT_EQ(bytes(), "");
    EXPECT_EQ(log.append("{}", Durability::kSync).value_or(0), 1U);
}

TEST_F(AppendLogFile, PutsATornLastLineAsideBeforeItGoesOn) {
    {
        EXPECT_TRUE(open().append(R"({"n":1})", Durability::kSync));
    }
    const auto good = bytes();
    const std::string torn = "{\"n\":2,\"text\":\"half a rec";
    overwrite(good + torn);
    LogReport seen;
    EXPECT_THAT(read(&seen), SizeIs(1));
    EXPECT_EQ(seen.torn_bytes, torn.size());
    EXPECT_EQ(bytes(), good + torn);  // a reader changes nothing

    std::vector<std::string> records;
    auto log = open(&records);
    EXPECT_THAT(records, ElementsAre(R"({"n":1})"));
    ASSERT_THAT(log.loaded().notices, SizeIs(1));
    EXPECT_EQ(log.loaded().notices[0].fault, LogFault::kTornTail);
    ASSERT_TRUE(log.torn_copy());
    EXPECT_EQ(log.torn_copy()->filename(), "one.jsonl.torn-1");
    EXPECT_EQ(os::read_file(*log.torn_copy()).value_or(""), torn);
    EXPECT_EQ(bytes(), good);
    EXPECT_EQ(log.append(R"({"n":3})", Durability::kSync).value_or(0), 2U);
    EXPECT_THAT(read(), ElementsAre(R"({"n":1})", R"({"n":3})"));
}

TEST_F(AppendLogFile, NeverOverwritesAnEarlierTornLine) {
    {
        auto log = open();
    }
    overwrite("torn one");
    {
        EXPECT_EQ(open().torn_copy()->filename(), "one.jsonl.torn-1");
    }
    overwrite("torn two");
    const auto log = open();
    EXPECT_EQ(os::read_file(folder_->path() / "sessions/one.jsonl.torn-1").value_or(""), "torn one");
    EXPECT_EQ(os::read_file(folder_->path() / "sessions/one.jsonl.torn-2").value_or(""), "torn two");
}

TEST_F(AppendLogFile, EndsAWholeLastLineThatLacksItsLineFeed) {
    {
        auto log = open();
    }
    overwrite(R"({"type":"session","version":3})");  // as another program may leave it
    {
        auto log = open();
        EXPECT_THAT(log.loaded().notices, IsEmpty());
        EXPECT_TRUE(log.append(R"({"n":1})", Durability::kSync));
    }
    EXPECT_THAT(read(), ElementsAre(R"({"type":"session","version":3})", R"({"n":1})"));
}

TEST_F(AppendLogFile, OpensAfterACutAtEveryByte) {
    {
        auto log = open();
        for (int n = 1; n <= 4; ++n) {
            EXPECT_TRUE(
                log.append(fmt::format(R"({{"n":{},"text":"some text"}})", n), Durability::kBuffered));
        }
    }
    const auto whole = bytes();
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
        overwrite(whole.substr(0, cut));
        std::size_t before = 0;
        {
            auto log = open();
            before = log.loaded().records;
            const auto lines = static_cast<std::size_t>(std::ranges::count(whole.substr(0, cut), '\n'));
            EXPECT_GE(before, lines) << cut;
            EXPECT_TRUE(log.append(R"({"after":true})", Durability::kBuffered)) << cut;
        }
        LogReport report;
        const auto records = read(&report);
        EXPECT_EQ(records.size(), before + 1) << cut;
        EXPECT_EQ(records.back(), R"({"after":true})") << cut;
        EXPECT_THAT(report.notices, IsEmpty()) << cut;
    }
}

TEST_F(AppendLogFile, KeepsLinesBehindADamagedOneAndCountsOn) {
    {
        auto log = open();
        for (int n = 1; n <= 3; ++n)
            EXPECT_TRUE(log.append(fmt::format(R"({{"n":{}}})", n), Durability::kBuffered));
    }
    auto damaged = bytes();
    damaged[damaged.find("\"n\":2") + 4] = '7';
    overwrite(damaged);
    std::vector<std::string> records;
    auto log = open(&records);
    EXPECT_THAT(records, ElementsAre(R"({"n":1})", R"({"n":3})"));
    EXPECT_EQ(log.loaded().skipped, 1U);
    EXPECT_EQ(log.append("{}", Durability::kBuffered).value_or(0), 4U);
    EXPECT_THAT(bytes(), HasSubstr("\"n\":7"));  // never rewritten in place
}

// A file size limit makes write(2) come back short and then fail, as a full disk does.
TEST_F(AppendLogFile, LeavesNoHalfRecordWhenTheDiskIsFull) {
    const int status = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        auto log = AppendLog::open(path_);
        if (!log || !log->append(R"({"n":1})", Durability::kBuffered)) return 1;
        const rlimit full{.rlim_cur = 100, .rlim_max = RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &full) != 0) return 2;
        if (log->append(fmt::format(R"({{"long":"{}"}})", std::string(200, 'x')), Durability::kSync))
            return 3;
        const rlimit free{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &free) != 0) return 4;
        return log->append(R"({"n":2})", Durability::kSync).value_or(0) == 2 ? 0 : 5;
    });
    EXPECT_EQ(status, 0) << "exit status " << WEXITSTATUS(status);
    LogReport report;
    EXPECT_THAT(read(&report), ElementsAre(R"({"n":1})", R"({"n":2})"));
    EXPECT_THAT(report.notices, IsEmpty());
}

TEST_F(AppendLogFile, SaysWhatIsWrongWithThePath) {
    ASSERT_TRUE(os::make_directories(path_));
    const auto folder = AppendLog::open(path_);
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message(), HasSubstr(path_.string()));
    const auto missing = read_log(path_ / "nothing", {});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), Code::kNotFound);
}

TEST_F(AppendLogFile, ReadingEndsWhenTheSinkHasEnough) {
    {
        auto log = open();
        for (int n = 0; n < 5; ++n)
            EXPECT_TRUE(log.append("{}", Durability::kBuffered));
    }
    int seen = 0;
    EXPECT_TRUE(read_log(path_, [&](const LogRecord&) { return ++seen < 2; }));
    EXPECT_EQ(seen, 2);
}

// A writer is killed at a random moment, again and again. What it had acknowledged through a pipe has to be
// there.
TEST_F(AppendLogFile, LosesNothingAcknowledgedToAKill) {
    constexpr int kRounds = 40;
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < kRounds; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t writer = ::fork();
        ASSERT_GE(writer, 0);
        if (writer == 0) {
            ::close(ends[0]);
            auto log = AppendLog::open(path_);
            while (log) {
                // Some records span several pages of the page cache, where a kill can cut a write short.
                const auto size = 10U + static_cast<unsigned>(log->loaded().last_seq % 5) * 2000U;
                const auto seq = log->append(fmt::format(R"({{"text":"{}"}})", std::string(size, 'a')),
                                             Durability::kBuffered);
                if (!seq || ::write(ends[1], &*seq, sizeof(*seq)) != sizeof(*seq)) break;
            }
            ::_exit(1);
        }
        ::close(ends[1]);
        const os::Fd acks(ends[0]);
        std::uint64_t seq = 0;
        for (int n = 0; n < 1 + round * 3 % 50; ++n) {
            ASSERT_EQ(::read(acks.get(), &seq, sizeof(seq)), static_cast<ssize_t>(sizeof(seq)));
            acknowledged = seq;
        }
        ASSERT_EQ(::kill(writer, SIGKILL), 0);
        while (::read(acks.get(), &seq, sizeof(seq)) == static_cast<ssize_t>(sizeof(seq)))
            acknowledged = seq;
        ASSERT_EQ(::waitpid(writer, nullptr, 0), writer);

        std::uint64_t next = 1;
        const auto report = read_log(path_, [&](const LogRecord& record) {
            EXPECT_EQ(record.seq.value_or(0), next);
            ++next;
            return true;
        });
        ASSERT_TRUE(report);
        ASSERT_GE(report->records, acknowledged) << "round " << round;
        ASSERT_EQ(report->skipped, 0U) << "round " << round;
    }
}

}  // namespace
}  // namespace hearth::store
