#include "app/diff.h"

#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::app {
namespace {

using test::project_of;

TEST(Diff, ShowsWhatChangedAndNothingElse) {
    const auto before = project_of({{"a.py", "one\ntwo\nthree\n"}, {"same.py", "x\n"}});
    const auto after = project_of({{"a.py", "one\n2\nthree\n"}, {"same.py", "x\n"}});
    const auto changes = diff_projects(before, after);
    ASSERT_TRUE(changes) << changes.error().message();
    ASSERT_EQ(changes->size(), 1U);
    EXPECT_EQ((*changes)[0].path, "a.py");
    EXPECT_EQ((*changes)[0].diff, "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n");
}

TEST(Diff, NewAndRemovedFilesAreAgainstNothing) {
    const auto changes =
        diff_projects(project_of({{"old.py", "gone\n"}}), project_of({{"src/new file.py", "made\n"}}));
    ASSERT_TRUE(changes) << changes.error().message();
    ASSERT_EQ(changes->size(), 2U);
    EXPECT_EQ((*changes)[0].diff, "--- a/old.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n");
    EXPECT_EQ((*changes)[1].diff, "--- /dev/null\n+++ b/src/new file.py\n@@ -0,0 +1 @@\n+made\n");
}

TEST(Diff, AnUnchangedProjectHasNone) {
    const auto project = project_of({{"a.py", "x"}});
    const auto changes = diff_projects(project, project);
    ASSERT_TRUE(changes);
    EXPECT_TRUE(changes->empty());
}

}  // namespace
}  // namespace hearth::app
