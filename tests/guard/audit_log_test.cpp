#include "guard/audit_log.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "core/text.h"
#include "os/files.h"

namespace hearth::guard {
namespace {

namespace fs = std::filesystem;
using Kind = AuditFault::Kind;

std::string get(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const fs::path& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
}

class AuditLogTest : public testing::Test {
protected:
    void append(int count) {
        for (int i = 0; i < count; ++i) {
            const auto appended =
                log_.append("s1", "command", R"({"command":"make","number":)" + std::to_string(i) + "}");
            ASSERT_TRUE(appended) << appended.error().message();
        }
    }

    std::vector<std::string> lines() const {
        std::vector<std::string> result;
        const std::string text = get(log_.file());
        for (const std::string_view line : split_lines(text))
            result.emplace_back(line);
        return result;
    }

    void write(const std::vector<std::string>& lines) const { put(log_.file(), join(lines, "\n") + "\n"); }

    AuditLog::Verdict verdict() const {
        const auto checked = log_.verify();
        EXPECT_TRUE(checked) << checked.error().message();
        return checked ? *checked : AuditLog::Verdict{};
    }

    void expect_fault(Kind kind, std::uint64_t record) const {
        const auto found = verdict();
        ASSERT_TRUE(found.fault);
        EXPECT_EQ(kind_name(found.fault->kind), kind_name(kind)) << found.fault->text;
        EXPECT_EQ(found.fault->record, record) << found.fault->text;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-test");
    AuditLog log_{folder_.path() / "audit"};
};

TEST_F(AuditLogTest, HoldsWhatWasAppendedInOrder) {
    append(3);
    std::vector<std::string> types;
    ASSERT_TRUE(log_.read([&](const AuditRecord& record) {
        types.push_back(std::to_string(record.seq) + record.type + record.session);
        return true;
    }));
    EXPECT_EQ(types, (std::vector<std::string>{"1commands1", "2commands1", "3commands1"}));
    const auto found = verdict();
    EXPECT_FALSE(found.fault);
    EXPECT_EQ(found.records, 3U);
    EXPECT_EQ(found.torn_bytes, 0U);
}

TEST_F(AuditLogTest, IsReadableByItsOwnerAlone) {
    append(1);
    struct stat info{};
    for (const fs::path& path : {log_.file(), log_.head_file()}) {
        ASSERT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << path;
    }
    ASSERT_EQ(::stat(log_.file().parent_path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(AuditLogTest, NamesARecordThatWasAltered) {
    append(5);
    auto all = lines();
    all[2] = replace_all(all[2], "make", "fake");
    write(all);
    expect_fault(Kind::kAltered, 3);
}

TEST_F(AuditLogTest, NamesARecordThatWasAlteredWithANewHash) {
    append(5);
    auto all = lines();
    const auto old = read_audit_line(all[2]);
    ASSERT_TRUE(old);
    const auto forged = audit_line(3, old->time, "s1", "command", R"({"command":"harmless"})", old->previous);
    ASSERT_TRUE(forged);
    all[2] = *forged;
    write(all);
    expect_fault(Kind::kReplaced, 4);
}

TEST_F(AuditLogTest, NamesTheFirstRecordThatWasRemoved) {
    append(6);
    auto all = lines();
    all.erase(all.begin() + 2, all.begin() + 4);
    write(all);
    expect_fault(Kind::kRemoved, 3);
}

TEST_F(AuditLogTest, TellsRecordsInAnotherOrderFromRemovedOnes) {
    append(6);
    auto all = lines();
    std::swap(all[2], all[4]);
    write(all);
    expect_fault(Kind::kReordered, 3);
}

TEST_F(AuditLogTest, NamesADoubledRecord) {
    append(4);
    auto all = lines();
    all.insert(all.begin() + 3, all[1]);
    write(all);
    expect_fault(Kind::kReordered, 2);
}

TEST_F(AuditLogTest, NamesWhatWasCutFromTheEnd) {
    append(6);
    auto all = lines();
    all.resize(4);
    write(all);
    expect_fault(Kind::kEndMissing, 5);
    // Part of a finished record, too.
    const std::string text = join(all, "\n") + "\n";
    put(log_.file(), text + R"({"seq":5,"ti)");
    expect_fault(Kind::kEndMissing, 5);
    fs::remove(log_.file());
    expect_fault(Kind::kEndMissing, 1);
}

TEST_F(AuditLogTest, TheNextAppendDoesNotHideWhatWasCut) {
    append(6);
    auto all = lines();
    all.resize(4);
    write(all);
    append(1);
    expect_fault(Kind::kEndMissing, 5);
    append(3);
    expect_fault(Kind::kEndMissing, 5);
}

TEST_F(AuditLogTest, SeesThatTheWholeLogWasWrittenAnew) {
    append(3);
    const std::string head = get(log_.head_file());
    fs::remove(log_.file());
    fs::remove(log_.head_file());
    append(3);
    put(log_.head_file(), head);
    expect_fault(Kind::kReplaced, 3);
    fs::remove(log_.head_file());
    expect_fault(Kind::kHeadMissing, 3);
}

TEST_F(AuditLogTest, TakesATornLastLineForAKillAndGoesOnBehindIt) {
    append(3);
    put(log_.file(), get(log_.file()) + R"({"seq":4,"time":"20)");
    const auto found = verdict();
    EXPECT_FALSE(found.fault) << found.fault->text;
    EXPECT_EQ(found.torn_bytes, 19U);
    append(1);
    const auto after = verdict();
    EXPECT_FALSE(after.fault) << after.fault->text;
    EXPECT_EQ(after.records, 4U);
    EXPECT_EQ(after.torn_bytes, 0U);
    EXPECT_EQ(get(log_.file().string() + ".torn-1"), R"({"seq":4,"time":"20)");
}

TEST_F(AuditLogTest, AHeadThatIsBehindIsWhatAKillLeaves) {
    append(3);
    const std::string head = get(log_.head_file());
    append(1);
    put(log_.head_file(), head);
    EXPECT_FALSE(verdict().fault);
    append(1);
    EXPECT_FALSE(verdict().fault);
    EXPECT_EQ(verdict().records, 5U);
}

TEST_F(AuditLogTest, RefusesWhatItCouldNotReadAgain) {
    EXPECT_EQ(log_.append("s", "x", "[1]").error().code(), Code::kInvalidInput);
    EXPECT_EQ(log_.append("s", "x", R"({"hash":"1"})").error().code(), Code::kInvalidInput);
    EXPECT_EQ(log_.append("s", "x", R"({"a":")" + std::string(kMaxAuditLine, 'x') + "\"}").error().code(),
              Code::kTooLarge);
    append(1);
    EXPECT_FALSE(verdict().fault);
    EXPECT_EQ(verdict().records, 1U);
}

TEST_F(AuditLogTest, SaysThatNothingWasRecordedYet) {
    const auto checked = log_.verify();
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code(), Code::kNotFound);
}

TEST_F(AuditLogTest, KeepsOddTextInOneLine) {
    ASSERT_TRUE(
        log_.append("a\nb", "ty\"pe", R"({"text":"line\nline\u0000 \",\"hash\":\"","deep":{"prev":[1]}})"));
    append(1);
    EXPECT_FALSE(verdict().fault);
    EXPECT_EQ(lines().size(), 2U);
}

TEST_F(AuditLogTest, TakesRecordsOfManyWritersAtOnce) {
    {
        std::vector<std::jthread> writers;
        for (int n = 0; n < 4; ++n)
            writers.emplace_back([this] { append(20); });
    }
    const auto found = verdict();
    EXPECT_FALSE(found.fault);
    EXPECT_EQ(found.records, 80U);
}

// A writer is killed again and again; whatever it acknowledged has to be there, and nothing looks like tampering.
TEST_F(AuditLogTest, LosesNothingThatWasAcknowledgedBeforeAKill) {
    constexpr int kRounds = 40;
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < kRounds; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t writer = ::fork();
        if (writer == 0) {
            const std::string members =
                R"({"text":")" + std::string(static_cast<std::size_t>(round) * 997, 'x') + "\"}";
            while (log_.append("s", "x", members))
                if (::write(ends[1], "+", 1) != 1) break;
            ::_exit(1);
        }
        ::close(ends[1]);
        // Killed when it has said so a few times, at whatever it is doing then.
        char byte = 0;
        for (int n = 0; n <= round % 5; ++n)
            ASSERT_EQ(::read(ends[0], &byte, 1), 1);
        acknowledged += static_cast<std::uint64_t>(round % 5) + 1;
        ASSERT_EQ(::kill(writer, SIGKILL), 0);
        ASSERT_EQ(::waitpid(writer, nullptr, 0), writer);
        while (::read(ends[0], &byte, 1) == 1)
            ++acknowledged;
        ::close(ends[0]);
        const auto found = verdict();
        ASSERT_FALSE(found.fault) << found.fault->text;
        ASSERT_GE(found.records, acknowledged);
    }
}

}  // namespace
}  // namespace hearth::guard
