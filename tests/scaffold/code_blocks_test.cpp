#include "scaffold/code_blocks.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

TEST(CodeBlocks, FindsTagAndCode) {
    const auto blocks = code_blocks("Here:\n```Python\na = 1\n\nb = 2\n```\nDone.\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].tag, "python");
    EXPECT_EQ(blocks[0].code, "a = 1\n\nb = 2\n");
    EXPECT_EQ(blocks[0].file, "");
    EXPECT_TRUE(blocks[0].closed);
}

TEST(CodeBlocks, UntaggedAndSeveralBlocksComeInOrder) {
    const auto blocks = code_blocks("```\nfirst\n```\ntext\n~~~c\nsecond\n~~~\n");
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0].tag, "");
    EXPECT_EQ(blocks[0].code, "first\n");
    EXPECT_EQ(blocks[1].tag, "c");
    EXPECT_EQ(blocks[1].code, "second\n");
}

TEST(CodeBlocks, AnUnclosedBlockIsKeptAndSaidToBeSo) {
    const auto blocks = code_blocks("```cpp\nint a;\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_FALSE(blocks[0].closed);
    EXPECT_EQ(blocks[0].code, "int a;\n");
    EXPECT_TRUE(code_blocks("```cpp\n\n").empty());  // nothing was begun
}

TEST(CodeBlocks, AnAnswerMayStartInsideABlock) {
    const auto blocks = code_blocks("a = 1\n```\nThat was it.\n", true);
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, "a = 1\n");
    EXPECT_TRUE(blocks[0].closed);
    EXPECT_TRUE(code_blocks("", true).empty());
}

TEST(CodeBlocks, ALongerFenceHoldsShorterOnes) {
    const auto blocks = code_blocks("````markdown\n# T\n```python\nx = 1\n```\n````\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, "# T\n```python\nx = 1\n```\n");
}

TEST(CodeBlocks, AMarkdownBlockHoldsTaggedOnes) {
    const auto blocks = code_blocks("```markdown\n# T\n```python\nx = 1\n```\nend\n```\nafter\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, "# T\n```python\nx = 1\n```\nend\n");
}

TEST(CodeBlocks, AFenceInADocstringDoesNotEndTheBlock) {
    const std::string code = "def f():\n    \"\"\"Like so:\n\n    ```\n    f()\n    ```\n    \"\"\"\n";
    const auto blocks = code_blocks("```python\n" + code + "```\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, code);
}

TEST(CodeBlocks, ABlockInAListLosesItsIndentation) {
    const auto blocks = code_blocks("1. Do:\n   ```python\n   if a:\n       b()\n   ```\n2. Done\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, "if a:\n    b()\n");
}

TEST(CodeBlocks, CarriageReturnsAreDropped) {
    const auto blocks = code_blocks("```c\r\nint a;\r\n```\r\n");
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0].code, "int a;\n");
}

struct Naming {
    const char* answer;
    const char* file;
    bool alone;
};

TEST(CodeBlocks, FindsTheFileThatABlockIsFor) {
    constexpr Naming kCases[] = {
        {"src/wrap.cpp\n```cpp\nint a;\n```\n", "src/wrap.cpp", true},
        {"### `src/wrap.cpp`:\n\n```cpp\nint a;\n```\n", "src/wrap.cpp", true},
        {"**File: wrap.cpp**\n```cpp\nint a;\n```\n", "wrap.cpp", true},
        {"```cpp src/wrap.cpp\nint a;\n```\n", "src/wrap.cpp", true},
        {"```cpp title=\"wrap.cpp\"\nint a;\n```\n", "wrap.cpp", true},
        {"The change in calc.py is small:\n```python\na = 1\n```\n", "calc.py", false},
        {"```python\n# calc.py\na = 1\n```\n", "calc.py", true},
        {"```cpp\n// File: src/a.cpp\nint a;\n```\n", "src/a.cpp", true},
        {"```css\n/* a.css */\n```\n", "a.css", true},
        {"Since 3.11 this works, e. g.:\n```python\na = 1\n```\n", "", false},
        {"```cpp\n#include \"wrap.h\"\n```\n", "", false},
    };
    for (const auto& each : kCases) {
        SCOPED_TRACE(each.answer);
        const auto blocks = code_blocks(each.answer);
        ASSERT_EQ(blocks.size(), 1U);
        EXPECT_EQ(blocks[0].file, each.file);
        EXPECT_EQ(blocks[0].file_stands_alone, each.alone);
    }
}

TEST(CodeBlocks, AFileNameCountsForTheBlockBelowItAlone) {
    const auto blocks = code_blocks("calc.py\n```python\na = 1\n```\n```bash\npython3 calc.py\n```\n");
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0].file, "calc.py");
    EXPECT_EQ(blocks[1].file, "");
}

}  // namespace
}  // namespace hearth::scaffold
