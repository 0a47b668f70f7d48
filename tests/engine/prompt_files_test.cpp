#include "engine/prompt_files.h"

#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "os/files.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class PromptFilesTest : public testing::Test {
protected:
    void SetUp() override { std::ofstream(use_.model) << "weights"; }

    static void write(const PromptFiles& files, const std::string& name, const std::string& content) {
        std::ofstream(*files.folder() / name) << content;
    }

    // The newest last; times of files may be as coarse as some milliseconds.
    Status keep(const PromptFiles& files, const PromptUse& use, const std::string& content,
                Tokens length = Tokens{1000}) {
        const std::string name = PromptFiles::fresh_name();
        write(files, name, content);
        fs::last_write_time(
            *files.folder() / name,
            fs::file_time_type::clock::now() - std::chrono::minutes(50) + std::chrono::seconds(++kept_));
        return files.keep(name, use, length);
    }

    static std::vector<std::string> found(const PromptFiles& files, const PromptUse& use,
                                          std::size_t most = 9) {
        std::vector<std::string> all;
        for (const fs::path& each : files.find(use, most))
            all.push_back(*os::read_file(each));
        return all;
    }

    [[nodiscard]] fs::path newest() const { return files_.find(use_, 1).front(); }

    [[nodiscard]] std::size_t count() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(*files_.folder()), {}));
    }

    int kept_ = 0;
    os::TempDir folder_ = *os::TempDir::create("prompt-files-");
    PromptFiles files_{folder_.path() / "cache", Bytes{1000}};
    PromptUse use_{
        .model = folder_.path() / "model.gguf", .engine = "llama.cpp 0.5.0 (zen4)", .context = Tokens{8192}};
};

TEST_F(PromptFilesTest, WhatWasKeptIsFoundNewestFirst) {
    for (const auto* content : {"one", "two", "three"})
        ASSERT_TRUE(keep(files_, use_, content));
    EXPECT_THAT(found(files_, use_), ElementsAre("three", "two", "one"));
    EXPECT_THAT(found(files_, use_, 2), ElementsAre("three", "two"));
    ASSERT_TRUE(keep(files_, use_, "four"));
    ASSERT_TRUE(keep(files_, use_, "five"));
    EXPECT_THAT(found(files_, use_), ElementsAre("five", "four", "three", "two"));
}

TEST_F(PromptFilesTest, ALaterTurnReplacesTheEarlierOnes) {
    const std::string head(32, 'h');
    const std::string first = head + std::string(40 * 4, 'a') + "cells";
    const std::string second = head + std::string(40 * 4 - 8, 'a') + std::string(30 * 4, 'b') + "more cells";
    const std::string other = head + std::string(20 * 4, 'a') + std::string(40 * 4, 'c') + "cells";
    ASSERT_TRUE(keep(files_, use_, first, Tokens{40}));
    ASSERT_TRUE(keep(files_, use_, other, Tokens{60}));
    ASSERT_TRUE(keep(files_, use_, second, Tokens{68}));
    EXPECT_THAT(found(files_, use_), ElementsAre(second, other));
}

TEST_F(PromptFilesTest, NobodyElseCanReadThem) {
    ASSERT_TRUE(keep(files_, use_, "secret"));
    struct stat facts{};
    ASSERT_EQ(::stat(newest().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat(files_.folder()->c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(PromptFilesTest, AnotherEngineCacheWindowOrModelDoesNotGetThem) {
    ASSERT_TRUE(keep(files_, use_, "state"));
    PromptUse other = use_;
    other.engine = "llama.cpp 0.6.0 (zen4)";
    EXPECT_THAT(found(files_, other), IsEmpty());
    other = use_;
    other.cache = capacity::CacheType::kQ8_0;
    EXPECT_THAT(found(files_, other), IsEmpty());
    other = use_;
    other.context = Tokens{4096};
    EXPECT_THAT(found(files_, other), IsEmpty());
    other = use_;
    other.model = folder_.path() / "other.gguf";
    std::ofstream(other.model) << "weights";
    EXPECT_THAT(found(files_, other), IsEmpty());
    EXPECT_THAT(found(files_, use_), ElementsAre("state"));
    std::ofstream(use_.model) << "another model under that name";
    EXPECT_THAT(found(files_, use_), IsEmpty());
}

TEST_F(PromptFilesTest, ADamagedFileIsRemovedUnused) {
    for (const auto* damaged : {"stat", "stAte", "state+", ""}) {
        ASSERT_TRUE(keep(files_, use_, "state"));
        std::ofstream(newest()) << damaged;
        EXPECT_THAT(files_.find(use_, 9), IsEmpty()) << damaged;
        EXPECT_EQ(count(), 0U) << damaged;
    }
}

TEST_F(PromptFilesTest, TheOldestLeaveWhenThereAreTooMany) {
    PromptUse other = use_;
    other.context = Tokens{4096};
    const auto content = [](char byte) { return std::string(300, byte); };
    ASSERT_TRUE(keep(files_, use_, content('a')));
    ASSERT_TRUE(keep(files_, other, content('b')));
    ASSERT_TRUE(keep(files_, use_, content('c')));
    ASSERT_TRUE(keep(files_, other, content('d')));
    EXPECT_THAT(found(files_, use_), ElementsAre(content('c'))) << "three of 300 bytes fit into 1000";
    EXPECT_THAT(found(files_, other), ElementsAre(content('d'), content('b')));
}

TEST_F(PromptFilesTest, OneThatIsTooLongIsNotKept) {
    const Status kept = keep(files_, use_, std::string(501, 'x'));
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code(), Code::kTooLarge);
    EXPECT_EQ(count(), 0U);
}

TEST_F(PromptFilesTest, WhatAKilledProcessBeganIsRemovedLater) {
    const std::string old = PromptFiles::fresh_name();
    write(files_, old, "half");
    fs::last_write_time(*files_.folder() / old, fs::file_time_type::clock::now() - std::chrono::hours(2));
    write(files_, PromptFiles::fresh_name(), "being written by another process");
    ASSERT_TRUE(keep(files_, use_, "state"));
    EXPECT_EQ(count(), 2U);
}

TEST_F(PromptFilesTest, AModelThatIsRemovedTakesAllOfItsPromptsWithIt) {
    ASSERT_TRUE(keep(files_, use_, "state"));
    PromptUse wide = use_;
    wide.context = Tokens{32768};
    ASSERT_TRUE(keep(files_, wide, "wide"));
    PromptUse other = use_;
    other.model = folder_.path() / "other.gguf";
    ASSERT_TRUE(keep(files_, other, "other"));
    ASSERT_TRUE(files_.forget(use_.model));
    EXPECT_THAT(found(files_, use_), IsEmpty());
    EXPECT_THAT(found(files_, wide), IsEmpty());
    EXPECT_THAT(found(files_, other), ElementsAre("other"));
}

TEST(PromptPays, WhenReadingThePromptAgainTakesLonger) {
    EXPECT_TRUE(prompt_pays(Tokens{4000}, 100, Bytes{112 * kMiB}));
    EXPECT_FALSE(prompt_pays(Tokens{500}, 1000, Bytes{kMiB})) << "half a second is not worth a file";
    EXPECT_FALSE(prompt_pays(Tokens{100}, 20, Bytes{kMiB}))
        << "short; the pace of an engine's first tokens is none";
    EXPECT_FALSE(prompt_pays(Tokens{4000}, 4000, Bytes{112 * kMiB})) << "reading the file takes as long";
    EXPECT_FALSE(prompt_pays(Tokens{4000}, 0, Bytes{0})) << "nobody knows";
}

}  // namespace
}  // namespace hearth::engine
