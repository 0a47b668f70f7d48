#include "app/policy_cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string mistake(const std::string& text) {
    const auto cases = parse_policy_cases(text, "c.toml");
    return cases ? std::string("accepted") : cases.error().message();
}

TEST(PolicyCases, AreReadWithWhatTheirToolHas) {
    const auto cases = parse_policy_cases(R"([[case]]
tool = "bash"
command = "make test > log"
mode = "headless"
permissions = "edits"
decision = "ask"
rule = "permissions"

[[case]]
name = "new files"
tool = "write"
path = "./src/../a.py"
new = true
bytes = 12
decision = "forbid"
rule = "no-new"

[[case]]
tool = "connect"
host = "PyPI.org"
decision = "permit"
)",
                                          "c.toml");
    ASSERT_TRUE(cases) << cases.error().message();
    ASSERT_EQ(cases->size(), 3U);
    const auto& command = cases->at(0);
    EXPECT_EQ(command.name, "case 1");
    EXPECT_THAT(command.facts.programs, ElementsAre("make"));
    EXPECT_TRUE(command.facts.redirects);
    EXPECT_FALSE(command.facts.interactive);
    EXPECT_EQ(command.permissions, policy::Permissions::kEdits);
    EXPECT_EQ(command.expected, policy::Effect::kAsk);
    EXPECT_EQ(command.rule, "");
    const auto& change = cases->at(1);
    EXPECT_EQ(change.name, "new files");
    EXPECT_EQ(change.facts.path, "a.py");
    EXPECT_TRUE(change.facts.is_new);
    EXPECT_EQ(change.facts.bytes, 12);
    EXPECT_EQ(change.rule, "no-new");
    const auto& request = cases->at(2);
    EXPECT_EQ(request.facts.host, "pypi.org");
    EXPECT_EQ(request.facts.port, 443);
    EXPECT_EQ(request.facts.method, "GET");
    EXPECT_EQ(request.rule, std::nullopt);
}

TEST(PolicyCases, ArgumentsHaveNoSpacesBetweenTheirParts) {
    const auto cases = parse_policy_cases(
        "[[case]]\ntool = \"deploy\"\narguments = '{ \"to\" : \"a b\" }'\ndecision = \"ask\"\n", "c.toml");
    ASSERT_TRUE(cases) << cases.error().message();
    EXPECT_EQ(cases->at(0).facts.arguments, R"({"to":"a b"})");
}

TEST(PolicyCases, AMistakeIsNamedWithItsPlace) {
    const struct {
        const char* text;
        const char* says;
    } rows[] = {
        {"", "c.toml:1:1: there is no case"},
        {"[[case]]\ntool = \"bash\"\ncommand = \"x\"\n", "the case has no 'decision'"},
        {"[[case]]\ntool = \"bash\"\ndecision = \"permit\"\n", "the case has no 'command'"},
        {"[[case]]\ndecision = \"permit\"\n", "the case has no 'tool'"},
        {"[[case]]\ntool = \"bash\"\ncommand = \"x\"\ndecision = \"allow\"\n",
         "c.toml:4:12: 'decision' is one of permit, ask, forbid, not 'allow'"},
        {"[[case]]\ntool = \"bash\"\ncommand = 3\ndecision = \"ask\"\n",
         "c.toml:3:11: 'command' has to be a text"},
        {"[[case]]\ntool = \"bash\"\npath = \"x\"\n", "c.toml:3:1: a case of bash has no 'path'"},
        {"[[case]]\ntool = \"write\"\npath = \"x\"\nbytes = -1\ndecision = \"ask\"\n",
         "c.toml:4:9: 'bytes' has to be"},
        {"[[case]]\ntool = \"write\"\npath = \"x\"\nnew = 1\ndecision = \"ask\"\n",
         "'new' has to be true or false"},
        {"[[cases]]\n", "the file has no 'cases'"},
        {"case = 3\n", "there is no case"},
        {"[[case]\n", "c.toml:1:"},
    };

    for (const auto& row : rows)
        EXPECT_THAT(mistake(row.text), HasSubstr(row.says)) << row.text;
}

}  // namespace
}  // namespace hearth::app
