#include "app/code_memory.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::app {
namespace {

class CodeMemoryTest : public testing::Test {
protected:
    Result<std::unique_ptr<CodeMemory>> open(bool asked) {
        return CodeMemory::open(
            {.paths = paths_, .asked = asked, .files = files_, .model = "tiny", .window = 8192});
    }

    [[nodiscard]] bool is_there() const { return std::filesystem::exists(folder_.path() / "w" / ".hearth"); }

    os::TempDir folder_ = *os::TempDir::create("hearth-code-memory");
    os::Paths paths_{.config = folder_.path() / "config"};
    bool made_ = std::filesystem::create_directory(folder_.path() / "w");
    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path() / "w");
};

TEST_F(CodeMemoryTest, ThereIsNoneUntilAPersonAsksOnce) {
    EXPECT_EQ(open(false).value(), nullptr);
    EXPECT_FALSE(is_there());
    EXPECT_NE(open(true).value(), nullptr);
    EXPECT_TRUE(is_there());
    const auto again = open(false);
    ASSERT_NE(again.value(), nullptr);
    EXPECT_EQ((*again)->note_bytes(), 2048U);
}

TEST_F(CodeMemoryTest, TheConfigurationAsksForEveryProject) {
    ASSERT_TRUE(os::write_file_atomic(paths_.config / "config.toml", "[code]\nmemory = false\n"));
    EXPECT_EQ(open(false).value(), nullptr);
    ASSERT_TRUE(os::write_file_atomic(paths_.config / "config.toml", "[code]\nmemory = true\n"));
    EXPECT_NE(open(false).value(), nullptr);
    ASSERT_TRUE(os::write_file_atomic(paths_.config / "config.toml", "[code]\nmemory = 1\n"));
    EXPECT_FALSE(open(false));
}

}  // namespace
}  // namespace hearth::app
