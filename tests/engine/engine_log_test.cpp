#include "engine/engine_log.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

void append(const fs::path& path, std::string_view text) { std::ofstream(path, std::ios::app) << text; }

TEST(EngineLog, GivesTheLastLinesOfThisChildOnly) {
    const os::TempDir folder = *os::TempDir::create("log");
    EngineLog log = *EngineLog::open(folder.path() / "logs", "qwen2.5-coder:1.5b");
    EXPECT_EQ(log.path().filename(), "engine-qwen2.5-coder_1.5b.log");
    append(log.path(), "of an earlier child\n");
    log.begin();
    EXPECT_EQ(log.last_lines(5), "");
    append(log.path(), "one\ntwo\x1b[31m\nthree\n");
    EXPECT_EQ(log.last_lines(2), "two\\x1b[31m\nthree");
    EXPECT_EQ(log.last_lines(9), "one\ntwo\\x1b[31m\nthree");
}

TEST(EngineLog, ASecondWriterGetsAFileOfItsOwn) {
    const os::TempDir folder = *os::TempDir::create("log");
    const EngineLog first = *EngineLog::open(folder.path(), "m");
    {
        const EngineLog second = *EngineLog::open(folder.path(), "m");
        EXPECT_EQ(second.path().filename(), "engine-m-2.log");
    }
    EXPECT_EQ(EngineLog::open(folder.path(), "m")->path().filename(), "engine-m-2.log");
}

TEST(EngineLog, IsCutWhenItGrowsAndTheRestIsKeptBeside) {
    const os::TempDir folder = *os::TempDir::create("log");
    EngineLog log = *EngineLog::open(folder.path(), "m");
    append(log.path(), std::string(EngineLog::kMostBytes, 'x') + "\nend\n");
    log.trim();
    EXPECT_EQ(fs::file_size(log.path()), 0U);
    EXPECT_GT(fs::file_size(log.path().string() + ".1"), EngineLog::kMostBytes);
    append(log.path(), "after\n");
    EXPECT_EQ(log.last_lines(3), "after");
}

TEST(TailLines, ATextThatBeginsInsideALineLosesThatPiece) {
    EXPECT_EQ(tail_lines("rest\nb\nc\n", 9, true), "b\nc");
    EXPECT_EQ(tail_lines("a\nb\nc", 2, false), "b\nc");
    EXPECT_EQ(tail_lines("", 2, true), "");
}

TEST(FileNameOf, HoldsOnlyHarmlessBytes) {
    EXPECT_EQ(file_name_of("../a b:c\n"), ".._a_b_c_");
    EXPECT_EQ(file_name_of(""), "model");
    EXPECT_EQ(file_name_of(std::string(500, 'a')).size(), 100U);
}

}  // namespace
}  // namespace hearth::engine
