#include "sandbox/own_folder.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "sandbox/protected_names.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using Make = OwnFolder::Make;

class OwnFolderTest : public testing::Test {
protected:
    [[nodiscard]] std::string on_disk(const std::string& name) const {
        return os::read_file(place_ / name).value_or("none");
    }

    // Names in the folder beside the lasting ones: nothing that was half written stays.
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(place_), fs::directory_iterator()));
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-own-folder");
    fs::path place_ = folder_.path() / ".hearth" / "memory";
};

TEST_F(OwnFolderTest, IsMadeOnlyWhenItIsAskedFor) {
    const auto none = OwnFolder::open(folder_.path(), "memory", Make::kNo);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), Code::kNotFound);
    ASSERT_TRUE(OwnFolder::open(folder_.path(), "memory", Make::kYes));
    EXPECT_TRUE(fs::is_directory(place_));
    EXPECT_TRUE(OwnFolder::open(folder_.path(), "memory", Make::kNo));
    EXPECT_FALSE(may_write(".hearth/memory/progress.json"));
}

TEST_F(OwnFolderTest, AFileIsReplacedOnlyAsItWasSeen) {
    const auto own = *OwnFolder::open(folder_.path(), "memory", Make::kYes);
    EXPECT_FALSE(own.read("a").value().has_value());
    ASSERT_TRUE(own.swap("a", std::nullopt, "one"));
    EXPECT_EQ(own.swap("a", std::nullopt, "two").error().code(), Code::kConflict);
    ASSERT_TRUE(own.swap("a", "one", "two"));
    ASSERT_TRUE(os::write_file_atomic(place_ / "a", "by hand"));
    EXPECT_EQ(own.swap("a", "two", "three").error().code(), Code::kConflict);
    EXPECT_EQ(on_disk("a"), "by hand");
    EXPECT_EQ(own.swap("b", "was there", "x").error().code(), Code::kConflict);
    EXPECT_EQ(files(), 1U);
}

TEST_F(OwnFolderTest, NoLinkIsFollowed) {
    const auto outside = folder_.path() / "outside";
    ASSERT_TRUE(os::write_file_atomic(outside / "a", "secret"));
    fs::create_directory(folder_.path() / ".hearth");
    fs::create_directory_symlink(outside, place_);
    const auto linked = OwnFolder::open(folder_.path(), "memory", Make::kYes);
    ASSERT_FALSE(linked);
    EXPECT_EQ(linked.error().code(), Code::kPermission);
    fs::remove(place_);
    const auto own = *OwnFolder::open(folder_.path(), "memory", Make::kYes);
    fs::create_symlink(outside / "a", place_ / "a");
    EXPECT_EQ(own.read("a").error().code(), Code::kPermission);
    EXPECT_FALSE(own.swap("a", std::nullopt, "x"));
    EXPECT_FALSE(own.swap("a", "secret", "x"));
    EXPECT_EQ(os::read_file(outside / "a").value(), "secret");
}

TEST_F(OwnFolderTest, OneHoldsTheLock) {
    const auto own = *OwnFolder::open(folder_.path(), "memory", Make::kYes);
    {
        const auto held = own.lock();
        ASSERT_TRUE(held);
        EXPECT_EQ(own.lock().error().code(), Code::kConflict);
    }
    EXPECT_TRUE(own.lock());
}

TEST_F(OwnFolderTest, WhatIsTooLargeIsNotRead) {
    const auto own = *OwnFolder::open(folder_.path(), "memory", Make::kYes);
    ASSERT_TRUE(own.swap("a", std::nullopt, std::string(100, 'x')));
    EXPECT_EQ(own.read("a", 99).error().code(), Code::kTooLarge);
    EXPECT_TRUE(own.read("a", 100));
}

}  // namespace
}  // namespace hearth::sandbox
