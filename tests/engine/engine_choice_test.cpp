#include "engine/engine_choice.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::engine {
namespace {

// A model that ranks texts, with weights of chance (make_ranks_texts.py beside it).
const std::filesystem::path kRanker =
    std::filesystem::path(HEARTH_SOURCE_DIR) / "tests/data/engine/ranks_texts.gguf";

TEST(TestModel, OneThatWritesNoTextTestsNothing) {
    EXPECT_FALSE(writes_text(kRanker));
    const auto folder = os::TempDir::create("engine-choice-");
    ASSERT_TRUE(folder);
    os::Paths paths;
    paths.data = folder->path();
    EXPECT_TRUE(test_model(paths, kRanker).empty()) << "and no other is installed";
}

TEST(TestModel, OneThatCannotBeReadIsLeftToItsLoading) {
    EXPECT_TRUE(writes_text("/absent.gguf"));
    os::Paths paths;
    paths.data = "/absent";
    EXPECT_EQ(test_model(paths, "/absent.gguf"), "/absent.gguf");
}

}  // namespace
}  // namespace hearth::engine
