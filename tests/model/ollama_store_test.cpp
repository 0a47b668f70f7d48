#include "model/ollama_store.h"

#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "model/support.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kUsual = "registry.ollama.ai/library/";

class OllamaModels : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("ollama");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        ollama_ = folder_->path() / "ollama";
    }

    std::string blob(const std::string& bytes) {
        const auto hash = os::sha256(bytes);
        test::write_file(ollama_ / "blobs" / ("sha256-" + hash), bytes);
        return hash;
    }

    static std::string layer(const std::string& type, const std::string& hash, std::size_t size) {
        return fmt::format(
            R"({{"mediaType":"application/vnd.ollama.image.{}","digest":"sha256:{}","size":{}}})", type, hash,
            size);
    }

    void write_manifest(const std::string& place, const std::string& layers) {
        test::write_file(ollama_ / "manifests" / place,
                         R"({"schemaVersion":2,"config":{},"layers":[)" + layers + "]}");
    }

    void add(const std::string& place, char seed = 'a', const std::string& more = {}) {
        const auto bytes = test::small_model(seed);
        write_manifest(place, layer("model", blob(bytes), bytes.size()) + more);
    }

    [[nodiscard]] ModelStore store() const { return ModelStore(folder_->path() / "models", {ollama_}); }

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& model : store().list().value())
            names.push_back(model.name);
        return names;
    }

    std::optional<os::TempDir> folder_;
    fs::path ollama_;
};

TEST_F(OllamaModels, AreNamedAsOllamaNamesThem) {
    add(std::string(kUsual) + "tiny/1b", 'a');
    add(std::string(kUsual) + "tiny/latest", 'b');
    add("registry.ollama.ai/someone/else/q4", 'c');
    add("hub.example/someone/Model-GGUF/Q4_K_M", 'd');
    EXPECT_THAT(names(), ElementsAre("hub.example/someone/model-gguf:q4_k_m", "someone/else:q4", "tiny:1b",
                                     "tiny:latest"));
    EXPECT_EQ(store().find("tiny")->name, "tiny:latest");
    EXPECT_EQ(store().find("TINY:1b")->name, "tiny:1b");
    EXPECT_EQ(store().find("someone/else:q4")->name, "someone/else:q4");
    EXPECT_EQ(store().find("hub.example/someone/Model-GGUF:Q4_K_M")->manifest.quantisation, "Q4_K_M");
    EXPECT_EQ(store().find("absent").error().code(), Code::kNotFound);
}

TEST_F(OllamaModels, AreUsedInPlaceWithWhatGoesWithThem) {
    const std::string system = "You are terse.";
    const std::string parameters = R"({"temperature":0.2,"stop":["x"]})";
    add(std::string(kUsual) + "tiny/1b", 'a',
        "," + layer("system", blob(system), system.size()) + "," +
            layer("params", blob(parameters), parameters.size()));
    const auto model = store().find("tiny:1b");
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_EQ(model->file.parent_path(), ollama_ / "blobs");
    EXPECT_EQ(model->foreign_store, ollama_);
    EXPECT_EQ(model->manifest.context, Tokens{4096});
    EXPECT_EQ(model->manifest.defaults.system, system);
    EXPECT_EQ(model->manifest.defaults.parameters, R"({"temperature":2E-1,"stop":["x"]})");
    EXPECT_FALSE(fs::exists(folder_->path() / "models" / "blobs")) << "no copy";
}

TEST_F(OllamaModels, WhatCannotBeUsedIsListedWithItsReasonAndBreaksNothing) {
    add(std::string(kUsual) + "good/1b");
    write_manifest(std::string(kUsual) + "gone/1b", layer("model", std::string(64, 'a'), 5));
    const std::string text = "no model at all";
    write_manifest(std::string(kUsual) + "text/1b", layer("model", blob(text), text.size()));
    write_manifest(std::string(kUsual) + "cut/1b", layer("model", blob(text), text.size() + 1));
    test::write_file(ollama_ / "manifests" / kUsual / "broken" / "1b", "{");
    test::write_file(ollama_ / "manifests" / "stray", "{");
    const auto models = store().list();
    ASSERT_TRUE(models);
    EXPECT_THAT(names(), ElementsAre("broken:1b", "cut:1b", "gone:1b", "good:1b", "text:1b"));
    for (const auto& model : *models) {
        EXPECT_EQ(model.complete, model.name == "good:1b");
        EXPECT_EQ(model.problem.empty(), model.complete);
    }
    EXPECT_THAT(store().find("gone:1b").error().message(), HasSubstr("sha256-" + std::string(64, 'a')));
    EXPECT_THAT(store().find("text:1b").error().message(), HasSubstr("sha256-"));
    EXPECT_THAT(store().find("cut:1b").error().message(), HasSubstr("has 15 bytes, its manifest says 16"));
    EXPECT_EQ(store().find("broken:1b").error().code(), Code::kCorrupt);
}

TEST_F(OllamaModels, AreLookedForWhereOllamaKeepsThem) {
    add(std::string(kUsual) + "tiny/1b");
    ::setenv("OLLAMA_MODELS", ollama_.c_str(), 1);
    EXPECT_THAT(ollama_store_folders(), ElementsAre(ollama_));
    ::setenv("OLLAMA_MODELS", (ollama_ / "absent").c_str(), 1);
    EXPECT_THAT(ollama_store_folders(), ElementsAre());
    ::unsetenv("OLLAMA_MODELS");
}

TEST_F(OllamaModels, AreNeverRemovedAndStandBehindOurs) {
    add(std::string(kUsual) + "tiny/1b", 'a');
    const auto refused = store().remove("tiny:1b");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kPermission);
    EXPECT_THAT(refused.error().message(), HasSubstr("ollama rm tiny:1b"));
    const auto bytes = test::small_model('b');
    const auto file = store().partial_folder("x") / "x.gguf";
    test::write_file(file, bytes);
    ASSERT_TRUE(store().install("tiny:1b", file, os::sha256(bytes)));
    EXPECT_THAT(names(), ElementsAre("tiny:1b"));
    EXPECT_TRUE(store().find("tiny:1b")->foreign_store.empty());
    EXPECT_TRUE(store().remove("tiny:1b"));
    EXPECT_EQ(store().find("tiny:1b")->foreign_store, ollama_) << "it is seen again";
}

}  // namespace
}  // namespace hearth::model
