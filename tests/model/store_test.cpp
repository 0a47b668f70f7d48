#include "model/store.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <thread>

#include "model/support.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Store : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("store");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path() / "models");
    }

    // Puts a small model in the store the way a pull does.
    Result<InstalledModel> install(std::string_view name, char seed = 'a', const InstallNotes& notes = {}) {
        const auto bytes = test::small_model(seed);
        const auto hash = os::sha256(bytes);
        const auto file = store_->partial_folder(hash) / "x.gguf";
        test::write_file(file, bytes);
        return store_->install(name, file, hash, notes);
    }

    std::vector<std::string> names() {
        std::vector<std::string> names;
        const auto models = store_->list();
        EXPECT_TRUE(models);
        for (const auto& model : *models)
            names.push_back(model.name);
        return names;
    }

    std::optional<os::TempDir> folder_;
    std::optional<ModelStore> store_;
};

TEST_F(Store, IsEmptyBeforeTheFirstInstallation) {
    EXPECT_THAT(names(), ElementsAre());
    const auto model = store_->find("tiny:1b");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kNotFound);
    EXPECT_THAT(model.error().message(), HasSubstr("hearth pull tiny:1b"));
}

TEST_F(Store, KeepsWhatTheHeaderAndTheSourceSay) {
    const auto model =
        install("Tiny:1B", 'a', {.aliases = {"t"}, .title = "", .licence = "", .source = "a test"});
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_EQ(model->name, "tiny:1b");
    EXPECT_EQ(test::read_all(model->file), test::small_model());
    EXPECT_EQ(model->manifest.quantisation, "Q4_K_M");
    EXPECT_EQ(model->manifest.context, Tokens{4096});
    EXPECT_EQ(model->manifest.title, "Small");
    EXPECT_EQ(model->manifest.licence, "mit");
    EXPECT_EQ(model->manifest.source, "a test");
    EXPECT_GT(model->manifest.installed_at, 1'700'000'000);
}

TEST_F(Store, FindsByNameAliasAndBaseName) {
    ASSERT_TRUE(install("tiny:1b", 'a', {.aliases = {"t"}, .title = {}, .licence = {}, .source = {}}));
    for (const auto* name : {"tiny:1b", "TINY:1b", "t", "tiny"}) {
        const auto model = store_->find(name);
        ASSERT_TRUE(model) << name;
        EXPECT_EQ(model->name, "tiny:1b");
    }
    ASSERT_TRUE(install("tiny:2b", 'b'));
    const auto several = store_->find("tiny");
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code(), Code::kInvalidInput);
    EXPECT_THAT(several.error().message(), HasSubstr("tiny:1b, tiny:2b"));
    EXPECT_THAT(store_->find("tny:1b").error().message(), HasSubstr("Did you mean tiny:1b"));
}

TEST_F(Store, TakesAFileByItsPath) {
    const auto path = folder_->path() / "my.gguf";
    test::write_file(path, test::small_model());
    const auto model = store_->find(path.string());
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_EQ(model->file, path);
    EXPECT_EQ(model->name, "my");
    EXPECT_TRUE(model->sha256.empty());
    test::write_file(path, "not a model");
    EXPECT_EQ(store_->find(path.string()).error().code(), Code::kCorrupt);
    EXPECT_EQ(store_->find("./nothing.gguf").error().code(), Code::kNotFound);
}

TEST_F(Store, NeverInstallsWhatIsNoModel) {
    const std::string bytes = "verified, but no model";
    const auto file = store_->partial_folder("k") / "x.gguf";
    test::write_file(file, bytes);
    const auto model = store_->install("x", file, os::sha256(bytes));
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kCorrupt);
    EXPECT_THAT(names(), ElementsAre());
    EXPECT_FALSE(fs::exists(store_->blob(os::sha256(bytes))));
}

TEST_F(Store, NoticesAFileThatHasGone) {
    const auto installed = install("tiny:1b");
    ASSERT_TRUE(installed);
    test::write_file(installed->file, "cut");
    const auto model = store_->find("tiny:1b");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kCorrupt);
    EXPECT_THAT(model.error().message(), HasSubstr("hearth pull tiny:1b"));
    const auto models = store_->list();
    ASSERT_TRUE(models);
    EXPECT_FALSE(models->front().complete);
}

TEST_F(Store, RemovesTheBlobWithTheLastNameOnly) {
    ASSERT_TRUE(install("one:1b"));
    const auto hash = os::sha256(test::small_model());
    const auto second = store_->adopt("two:1b", hash);
    ASSERT_TRUE(second) << second.error().message();
    const auto first_freed = store_->remove("one:1b");
    ASSERT_TRUE(first_freed) << first_freed.error().message();
    EXPECT_EQ(*first_freed, Bytes{0});
    EXPECT_TRUE(store_->find("two:1b"));
    const auto freed = store_->remove("two");
    ASSERT_TRUE(freed) << freed.error().message();
    EXPECT_EQ(freed->value, static_cast<std::int64_t>(test::small_model().size()));
    EXPECT_FALSE(fs::exists(store_->blob(hash)));
    EXPECT_EQ(store_->remove("two").error().code(), Code::kNotFound);
}

TEST_F(Store, SweepsBlobsWithoutANameAndPartialPullsOfWhatIsHere) {
    ASSERT_TRUE(install("one:1b"));
    ASSERT_TRUE(install("two:1b", 'b'));
    const auto orphan = store_->blob(std::string(64, '0'));
    test::write_file(orphan, "left by a crash");
    const auto needless = store_->partial_folder(os::sha256(test::small_model('b')));
    test::write_file(needless / "url.part", "left over");
    const auto wanted = store_->partial_folder(std::string(64, '1'));
    test::write_file(wanted / "url.part", "a pull that may go on");
    ASSERT_TRUE(store_->remove("one:1b"));
    EXPECT_FALSE(fs::exists(orphan));
    EXPECT_FALSE(fs::exists(needless));
    EXPECT_TRUE(fs::exists(wanted / "url.part"));
    EXPECT_TRUE(store_->find("two:1b"));
}

TEST_F(Store, LeavesARunningPullAlone) {
    ASSERT_TRUE(install("one:1b"));
    const auto hash = os::sha256(test::small_model());
    const auto lock = store_->lock_pull(hash);
    ASSERT_TRUE(lock);
    test::write_file(store_->partial_folder(hash) / "url.part", "arriving");
    EXPECT_EQ(store_->discard_partial(hash).error().code(), Code::kConflict);
    ASSERT_TRUE(store_->remove("one:1b"));
    EXPECT_TRUE(fs::exists(store_->partial_folder(hash) / "url.part"));
}

TEST_F(Store, DiscardsAnUnfinishedPull) {
    const std::string key(64, '1');
    test::write_file(store_->partial_folder(key) / "url.part", "12345");
    const auto freed = store_->discard_partial(key);
    ASSERT_TRUE(freed);
    EXPECT_EQ(*freed, Bytes{5});
    EXPECT_EQ(*store_->discard_partial(key), Bytes{0});
}

TEST_F(Store, NamesAManifestThatCannotBeReadAndRemovesItByName) {
    ASSERT_TRUE(install("good:1b"));
    test::write_file(store_->folder() / "manifests/bad:1b.json", "{\"name\":");
    const auto models = store_->list();
    ASSERT_FALSE(models);
    EXPECT_EQ(models.error().code(), Code::kCorrupt);
    EXPECT_THAT(models.error().message(), HasSubstr("bad:1b.json"));
    EXPECT_TRUE(store_->find("good:1b")) << "an exact name needs no other manifest";
    const auto freed = store_->remove("bad:1b");
    ASSERT_TRUE(freed) << freed.error().message();
    EXPECT_THAT(names(), ElementsAre("good:1b"));
}

TEST_F(Store, LetsManyInstallAndRemoveAtOnce) {
    std::vector<std::jthread> threads;
    for (char seed = 'a'; seed < 'e'; ++seed) {
        threads.emplace_back([this, seed] {
            const auto name = std::string("m") + seed;
            for (int round = 0; round < 10; ++round) {
                const auto installed = install(name, seed);
                EXPECT_TRUE(installed) << installed.error().message();
                if (round == 9) break;
                const auto removed = store_->remove(name);
                EXPECT_TRUE(removed) << removed.error().message();
            }
        });
    }
    threads.clear();
    EXPECT_THAT(names(), ElementsAre("ma", "mb", "mc", "md"));
    for (const auto& name : names())
        EXPECT_TRUE(store_->find(name)) << name;
}

TEST(Manifest, ComesBackAsItWasWritten) {
    const Manifest manifest{.name = "tiny:1b",
                            .sha256 = std::string(64, 'a'),
                            .size = Bytes{1},
                            .aliases = {"t", "u"},
                            .title = "a \"title\"",
                            .quantisation = "Q4_0",
                            .licence = "MIT",
                            .source = "ä",
                            .context = Tokens{5},
                            .installed_at = 6};
    const auto back = read_manifest(write_manifest(manifest));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, manifest);
}

TEST(Manifest, KeepsThePartsOfAModelInSeveralFiles) {
    const std::vector<ManifestPart> parts = {{.sha256 = std::string(64, 'a'), .size = Bytes{3}},
                                             {.sha256 = std::string(64, 'b'), .size = Bytes{4}}};
    const Manifest manifest{.name = "a", .sha256 = sha256_of_parts(parts), .size = Bytes{7}, .parts = parts};
    const auto back = read_manifest(write_manifest(manifest));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, manifest);
    auto wrong = manifest;
    wrong.size = Bytes{8};
    EXPECT_FALSE(read_manifest(write_manifest(wrong)));
    wrong = manifest;
    wrong.parts[1].sha256 = std::string(64, 'c');
    EXPECT_FALSE(read_manifest(write_manifest(wrong)));
    wrong = manifest;
    wrong.parts.pop_back();
    EXPECT_FALSE(read_manifest(write_manifest(wrong)));
}

TEST(Manifest, RefusesWhatItDidNotWrite) {
    const auto good = write_manifest({.name = "a", .sha256 = std::string(64, 'a'), .size = Bytes{1}});
    ASSERT_TRUE(read_manifest(good));
    for (std::size_t at = 0; at + 2 < good.size(); ++at)
        EXPECT_FALSE(read_manifest(std::string_view(good).substr(0, at))) << at;
    for (const auto* text : {"", "[]", "{}", "{\"name\":\"../a\",\"sha256\":1}"})
        EXPECT_EQ(read_manifest(text).error().code(), Code::kCorrupt) << text;
    EXPECT_FALSE(
        read_manifest(write_manifest({.name = "../a", .sha256 = std::string(64, 'a'), .size = Bytes{1}})));
    EXPECT_FALSE(read_manifest(write_manifest({.name = "a", .sha256 = "../../b", .size = Bytes{1}})));
    EXPECT_FALSE(
        read_manifest(write_manifest({.name = "a", .sha256 = std::string(64, 'a'), .size = Bytes{0}})));
}

}  // namespace
}  // namespace hearth::model
