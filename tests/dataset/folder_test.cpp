#include "dataset/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::dataset {
namespace {

TEST(DatasetFolder, HasAManifestOfItsFiles) {
    const auto ground = *os::TempDir::create("hearth-dataset");
    const auto folder = ground.path() / "set";
    ASSERT_TRUE(write_folder(folder, {{"data/a.jsonl", "{}\n"}, {"README.md", "card"}}, R"({"run":3})"));
    EXPECT_EQ(*os::read_file(folder / "data/a.jsonl"), "{}\n");
    const auto manifest = *parse_json(*os::read_file(folder / "manifest.json"));
    EXPECT_EQ(integer_member(manifest, "run"), 3);
    const auto& first = array_member(manifest, "files")->at(0);
    EXPECT_EQ(string_member(first, "path"), "data/a.jsonl");
    EXPECT_EQ(string_member(first, "sha256"), os::sha256("{}\n"));
    EXPECT_EQ(integer_member(first, "bytes"), 3);
}

TEST(DatasetFolder, IsNeverWrittenOverAnother) {
    const auto ground = *os::TempDir::create("hearth-dataset");
    ASSERT_TRUE(os::write_file_atomic(ground.path() / "mine.txt", "mine"));
    const auto written = write_folder(ground.path(), {}, "{}");
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), Code::kConflict);
}

TEST(DatasetFolder, NamesALicenceThatAllShare) {
    EXPECT_EQ(hub_licence({"MIT"}), "mit");
    EXPECT_EQ(hub_licence({"MIT", "Apache-2.0"}), "other");
    EXPECT_EQ(hub_licence({"of my own"}), "other");
    EXPECT_EQ(hub_licence({}), "other");
}

}  // namespace
}  // namespace hearth::dataset
