#include "app/code_themes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Themes, AreFoundByNameAndByFile) {
    const auto folder = *os::TempDir::create("hearth-themes");
    EXPECT_EQ(find_theme(folder.path(), "light")->name, "light");
    const auto none = find_theme(folder.path() / "nowhere", "mine");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Code::kNotFound);
    EXPECT_THAT(none.error().message(), AllOf(HasSubstr("dark, light"), HasSubstr("nowhere")));
    ASSERT_TRUE(os::write_file_atomic(folder.path() / "broken.json", "{}"));
    const auto broken = find_theme(folder.path(), "broken");
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message(), HasSubstr("broken.json"));
}

TEST(Themes, TheOptionCountsBeforeTheFile) {
    const auto folder = *os::TempDir::create("hearth-themes");
    ASSERT_TRUE(os::write_file_atomic(folder.path() / "config.toml", "[code]\ntheme = \"light\"\n"));
    EXPECT_EQ(session_theme(folder.path(), "")->name, "light");
    EXPECT_EQ(session_theme(folder.path(), "dark")->name, "dark");
    EXPECT_FALSE(session_theme(folder.path(), "mine"));
    ASSERT_TRUE(os::write_file_atomic(folder.path() / "config.toml", "[code]\nthem = \"light\"\n"));
    EXPECT_FALSE(session_theme(folder.path(), ""));
}

}  // namespace
}  // namespace hearth::app
