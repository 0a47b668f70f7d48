#include "app/code_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string mistake(std::string_view text) {
    const auto rules = parse_rules(text, "rules.toml");
    return rules ? std::string("accepted") : rules.error().message();
}

TEST(CodeRules, AreReadFromTheProject) {
    const auto folder = *os::TempDir::create("hearth-rules");
    const auto files = *sandbox::WorkspaceFiles::open(folder.path());
    EXPECT_FALSE(read_rules(files).value().has_value());
    ASSERT_TRUE(os::write_file_atomic(folder.path() / ".hearth" / "rules.toml",
                                      "[rules]\nmax_lines = 400\nforbidden = [\"vendor/**\", \"*.lock\"]\n"
                                      "tests = \"make test\"\nsearch_first = true\nexplain = true\n"));
    const auto rules = read_rules(files);
    ASSERT_TRUE(rules) << rules.error().message();
    EXPECT_EQ((*rules)->max_lines, 400U);
    EXPECT_EQ((*rules)->tests, "make test");
    EXPECT_TRUE((*rules)->search_first);
    EXPECT_TRUE((*rules)->explain);
    ASSERT_TRUE(files.write("vendor/a.c", ""));
    ASSERT_TRUE(files.write("b.lock", ""));
    ASSERT_TRUE(files.write("c.c", ""));
    EXPECT_THAT(forbidden_files(files, **rules).value(), ElementsAre("b.lock", "vendor/a.c"));
}

TEST(CodeRules, AMistakeIsNamedWithItsPlace) {
    EXPECT_THAT(mistake("[rules]\nmax_line = 4\n"),
                HasSubstr("rules.toml:2:1: there is no setting 'max_line'"));
    EXPECT_THAT(mistake("[rules]\nmax_line = 4\n"), HasSubstr("max_lines"));
    EXPECT_THAT(mistake("[rules]\nmax_lines = 0\n"), HasSubstr("rules.toml:2:"));
    EXPECT_THAT(mistake("[rules]\nmax_lines = \"many\"\n"), HasSubstr("'max_lines' has to be"));
    EXPECT_THAT(mistake("[rules]\nforbidden = [\"/etc\"]\n"),
                HasSubstr("'/etc' is no path below the folder"));
    EXPECT_THAT(mistake("[ruls]\n"), HasSubstr("rules.toml:1:"));
    EXPECT_THAT(mistake("max_lines = 4\n"), HasSubstr("belongs below a line [rules]"));
    EXPECT_THAT(mistake("[rules\n"), HasSubstr("rules.toml:1:"));
}

}  // namespace
}  // namespace hearth::app
