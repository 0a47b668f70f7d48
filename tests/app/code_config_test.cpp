#include "app/code_config.h"

#include <gtest/gtest.h>
#include <optional>
#include <string_view>

#include "os/files.h"

namespace hearth::app {
namespace {

class CodeConfigTest : public testing::Test {
protected:
    Result<CodeConfig> read(std::string_view text) {
        EXPECT_TRUE(os::write_file_atomic(folder_.path() / "config.toml", text));
        return read_code_config(folder_.path());
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-code-config");
};

TEST_F(CodeConfigTest, WithoutAWordTheModelDecidesAboutTheSyntaxGate) {
    EXPECT_EQ(read_code_config(folder_.path()).value().syntax_gate, std::nullopt);
    EXPECT_EQ(read("[code]\nmemory = true\n").value().syntax_gate, std::nullopt);
    EXPECT_EQ(read("[code]\nsyntax_gate = true\n").value().syntax_gate, std::optional(true));
    EXPECT_EQ(read("[code]\nsyntax_gate = false\n").value().syntax_gate, std::optional(false));
    EXPECT_FALSE(read("[code]\nsyntax_gate = \"on\"\n"));
}

}  // namespace
}  // namespace hearth::app
