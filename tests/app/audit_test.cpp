#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "guard/audit_log.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;

// `hearth audit` as a person starts it, in a home of its own.
class AuditVerb : public testing::Test {
protected:
    [[nodiscard]] os::Exit hearth(std::vector<std::string> words) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM, "audit"};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = {{"HEARTH_HOME", home_.path().string()}};
        auto exit = os::run(command);
        EXPECT_TRUE(exit) << exit.error().message();
        return std::move(*exit);
    }

    void record(const std::string& session, const std::string& command) const {
        const auto done = log_.append(session, "command", R"({"command":")" + command + "\"}");
        ASSERT_TRUE(done) << done.error().message();
    }

    void replace(std::string_view from, std::string_view to) const {
        const std::string text = replace_all(*os::read_file(log_.file()), from, to);
        ASSERT_TRUE(os::write_file_atomic(log_.file(), text, 0600));
    }

    os::TempDir home_ = *os::TempDir::create("hearth-audit-test");
    guard::AuditLog log_{home_.path() / "state/audit"};
};

TEST_F(AuditVerb, SaysThatNothingWasRecordedYet) {
    const auto exit = hearth({"verify"});
    EXPECT_EQ(exit.code, 3);
    EXPECT_THAT(exit.err, HasSubstr("nothing was recorded yet"));
    EXPECT_EQ(hearth({"show"}).code, 3);
}

TEST_F(AuditVerb, ShowsTheRecordsOfASession) {
    record("first-session", "make one");
    record("second-session", "make two");
    const auto all = hearth({"show"});
    EXPECT_THAT(all.out, HasSubstr("make one"));
    EXPECT_THAT(all.out, HasSubstr("make two"));
    const auto second = hearth({"show", "--session", "second", "--json"});
    EXPECT_THAT(second.out, Not(HasSubstr("make one")));
    const auto value = parse_json(trim(second.out));
    ASSERT_TRUE(value) << second.out;
    EXPECT_EQ(string_member(*value, "command"), "make two");
    EXPECT_THAT(hearth({"show", "--last", "1"}).out, Not(HasSubstr("make one")));
}

TEST_F(AuditVerb, VerifiesAndFindsAnEarlierHash) {
    record("s", "make one");
    const auto before = parse_json(hearth({"verify", "--json"}).out);
    ASSERT_TRUE(before);
    const std::string hash(string_member(*before, "hash").value_or(""));
    record("s", "make two");
    const auto exit = hearth({"verify", "--expect", hash});
    EXPECT_EQ(exit.code, 0) << exit.out;
    EXPECT_THAT(exit.out, HasSubstr("2 records, each as it was written"));
    EXPECT_EQ(hearth({"verify", "--expect", std::string(64, 'a')}).code, 8);
}

TEST_F(AuditVerb, NamesTheFirstBrokenRecord) {
    for (const char* command : {"one", "two", "three"})
        record("s", command);
    replace("\"two\"", "\"owt\"");
    const auto exit = hearth({"verify"});
    EXPECT_EQ(exit.code, 8);
    EXPECT_THAT(exit.out, HasSubstr("record 2 (line 2) is not what was written"));
    const auto value = parse_json(hearth({"verify", "--json"}).out);
    ASSERT_TRUE(value);
    EXPECT_EQ(bool_member(*value, "good"), false);
    EXPECT_EQ(string_member(*member(*value, "fault"), "kind"), "altered");
    EXPECT_EQ(integer_member(*member(*value, "fault"), "record"), 2);
}

TEST_F(AuditVerb, TellsAKillFromTampering) {
    record("s", "one");
    std::ofstream(log_.file(), std::ios::app) << R"({"seq":2,"ti)";
    const auto exit = hearth({"verify"});
    EXPECT_EQ(exit.code, 0);
    EXPECT_THAT(exit.out, HasSubstr("cut off while it was written"));
}

}  // namespace
}  // namespace hearth::app
