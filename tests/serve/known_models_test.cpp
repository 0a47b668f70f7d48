#include "serve/detail/known_models.h"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <optional>

#include "model/support.h"
#include "os/files.h"
#include "os/sha256.h"

namespace hearth::serve::detail {
namespace {

namespace fs = std::filesystem;

class KnownModelsTest : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("known");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path() / "models");
        known_.emplace(*store_);
        install("a");
        settle(20);
    }

    void install(const char* name) {
        const auto bytes = model::test::small_model();
        const auto file = store_->partial_folder(os::sha256(bytes)) / "x.gguf";
        model::test::write_file(file, bytes);
        ASSERT_TRUE(store_->install(name, file, os::sha256(bytes)));
    }

    // The names were changed so long ago.
    void settle(int minutes) {
        fs::last_write_time(store_->folder() / "manifests",
                            fs::file_time_type::clock::now() - std::chrono::minutes(minutes));
    }

    std::optional<model::InstalledModel> look_for(const std::string& name) {
        if (auto known = known_->find(name)) return known;
        const auto stamp = known_->stamp();
        if (const auto found = store_->find_name(name)) known_->keep(name, *found, stamp);
        return {};
    }

    std::optional<os::TempDir> folder_;
    std::optional<model::ModelStore> store_;
    std::optional<KnownModels> known_;
};

TEST_F(KnownModelsTest, IsFoundTheSecondTime) {
    EXPECT_FALSE(look_for("a"));
    const auto known = look_for("a");
    ASSERT_TRUE(known);
    EXPECT_EQ(known->name, "a");
    EXPECT_FALSE(look_for("b"));
    EXPECT_FALSE(look_for("b")) << "what is not there may come";
}

TEST_F(KnownModelsTest, IsLookedForAgainWhenNamesChanged) {
    look_for("a");
    ASSERT_TRUE(store_->remove("a"));
    EXPECT_FALSE(look_for("a"));
    install("a");
    settle(10);
    EXPECT_FALSE(look_for("a"));
    EXPECT_TRUE(look_for("a"));
}

TEST_F(KnownModelsTest, IsNotKeptWhileAFurtherChangeMightNotShow) {
    install("b");
    EXPECT_FALSE(store_->names_stamp());
    EXPECT_FALSE(look_for("b"));
    EXPECT_FALSE(look_for("b"));
}

TEST_F(KnownModelsTest, IsLookedForAgainWhenItsFileIsNot) {
    look_for("a");
    const auto known = look_for("a");
    ASSERT_TRUE(known);
    fs::resize_file(known->file, 3);
    EXPECT_FALSE(known_->find("a"));
    fs::remove(known->file);
    EXPECT_FALSE(known_->find("a"));
}

}  // namespace
}  // namespace hearth::serve::detail
