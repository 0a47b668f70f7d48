#include "app/code_audit.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "os/files.h"

namespace hearth::app {
namespace {

class CodeAuditTest : public testing::Test {
protected:
    std::vector<guard::AuditRecord> records() const {
        std::vector<guard::AuditRecord> result;
        const auto read = log_.read([&](const guard::AuditRecord& record) {
            result.push_back(record);
            return true;
        });
        EXPECT_TRUE(read) << read.error().message();
        return result;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-test");
    guard::AuditLog log_{folder_.path()};
    CodeAudit audit_{log_, "session-1"};
};

TEST_F(CodeAuditTest, RecordsACommandBeforeAndAfterItRan) {
    ASSERT_TRUE(audit_.before("make test", "/work/space"));
    EXPECT_EQ(records().size(), 1U);
    os::Exit exit;
    exit.code = 3;
    exit.out = "a long output";
    ASSERT_TRUE(audit_.after("make test", "/work/space", exit));
    const auto all = records();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].type, "command");
    EXPECT_TRUE(all[0].json.contains(R"("command":"make test")")) << all[0].json;
    EXPECT_EQ(all[1].type, "command-end");
    EXPECT_TRUE(all[1].json.contains("exit status 3")) << all[1].json;
    EXPECT_TRUE(all[1].json.contains(R"("bytes":13)")) << all[1].json;
    EXPECT_FALSE(all[1].json.contains("a long output")) << all[1].json;
}

TEST_F(CodeAuditTest, KeepsNoSecretAndNoContent) {
    ASSERT_TRUE(audit_.before("curl -H 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz0123' x", "/w"));
    ASSERT_TRUE(audit_.event(agent::ToolStarted{"bash", "export API_KEY=sk-abcdefghijklmnopqrstuvwx"}));
    ASSERT_TRUE(audit_.event(agent::ToolFinished{"read", false, "what stood in the file"}));
    scaffold::Project before;
    scaffold::Project after;
    before.files = {{.path = "a", .content = "old words"}, {.path = "gone", .content = "words"}};
    after.files = {{.path = "a", .content = "new words"}, {.path = "b", .content = "more words"}};
    ASSERT_TRUE(audit_.changes(before, after));
    const std::string log = *os::read_file(log_.file());
    for (const char* secret : {"abcdefghijklmnopqrstuvwx", "what stood", "words"})
        EXPECT_FALSE(log.contains(secret)) << log;
    const auto all = records();
    ASSERT_EQ(all.size(), 6U);
    EXPECT_TRUE(all[3].json.contains(R"("path":"a","change":"changed")")) << all[3].json;
    EXPECT_TRUE(all[4].json.contains(R"("path":"b","change":"added")")) << all[4].json;
    EXPECT_TRUE(all[5].json.contains(R"("path":"gone","change":"removed")")) << all[5].json;
}

TEST_F(CodeAuditTest, EveryRecordNamesItsSession) {
    ASSERT_TRUE(audit_.begin({.workspace = "/w", .prompt = "Fix it"}, "/w", "make test"));
    ASSERT_TRUE(audit_.end("done", true));
    for (const auto& record : records())
        EXPECT_EQ(record.session, "session-1");
    EXPECT_FALSE(records()[0].json.contains("Fix it"));
    const auto verdict = log_.verify();
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->fault);
}

TEST_F(CodeAuditTest, NoFormOfAKnownSecretIsRecorded) {
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "plain words"));
    CodeAudit audit(log_, "session-2", known);
    ASSERT_TRUE(audit.before("echo plain words | base64 # cGxhaW4gd29yZHM=", "/work/plain words"));
    ASSERT_TRUE(
        audit.judged({.number = 1, .url = "https://a.example/plain%20words", .why = "no plain words"}));
    ASSERT_TRUE(audit.answered({.number = 1, .failure = "it said plain words"}));
    ASSERT_TRUE(audit.end("plain words", false));
    const std::string log = *os::read_file(log_.file());
    for (const char* form : {"plain words", "plain%20words", "cGxhaW4gd29yZHM"})
        EXPECT_FALSE(log.contains(form)) << log;
    EXPECT_TRUE(log.contains("[secret desk]"));
    EXPECT_FALSE(log_.verify()->fault);
}

}  // namespace
}  // namespace hearth::app
