#include "app/service_unit.h"

#include <gmock/gmock.h>

namespace hearth::app {
namespace {

using testing::HasSubstr;

TEST(ServiceUnit, StartsTheServerWithItsOptions) {
    const std::string unit = service_unit({.program = "/opt/my tools/hearth",
                                           .arguments = {"--context", "32768"},
                                           .environment = {{"HEARTH_HOME", "/data/100% $HOME"}}});
    EXPECT_THAT(unit, HasSubstr("\nExecStart=\"/opt/my tools/hearth\" serve \"--context\" \"32768\"\n"));
    EXPECT_THAT(unit, HasSubstr("\nEnvironment=\"HEARTH_HOME=/data/100%% $HOME\"\n"));
    EXPECT_THAT(unit, HasSubstr("\nExecReload=/bin/kill -HUP $MAINPID\n"));
    EXPECT_THAT(unit, HasSubstr("\nOOMPolicy=continue\n"));
}

TEST(ServiceUnit, NoWordBecomesAnotherDirective) {
    EXPECT_EQ(unit_word("a\nExecStart=x \"$y\" \\ %h"), "\"a\\nExecStart=x \\\"$$y\\\" \\\\ %%h\"");
}

}  // namespace
}  // namespace hearth::app
