#include "model/catalogue.h"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "model/support.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kData = fs::path(HEARTH_SOURCE_DIR) / "tests/data/model";

std::string entry(std::string_view name, std::string_view tag, std::string_view more = {}) {
    return fmt::format(
        "[[model]]\nname = \"{}\"\ntag = \"{}\"\ntitle = \"T\"\nfile = \"t.gguf\"\nquantisation = "
        "\"Q4_0\"\nsize = 10\n"
        "sha256 = \"{:064x}\"\nlicence = \"MIT\"\ncontext = 128\n{}\n[[model.source]]\nkind = \"path\"\npath "
        "= "
        "\"t.gguf\"\n",
        name, tag, 7, more);
}

TEST(Catalogue, ShipsTheFirstModels) {
    const auto catalogue = Catalogue::load({fs::path(HEARTH_SOURCE_DIR) / "catalogue"});
    ASSERT_TRUE(catalogue) << catalogue.error().message();
    std::vector<std::string> names;
    for (const auto& entry : catalogue->entries())
        names.push_back(entry.name);
    EXPECT_THAT(names,
                ElementsAre("gemma3:270m", "qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b", "smollm2:135m"));
    const auto coder = catalogue->find("qwen2.5-coder:1.5b");
    ASSERT_TRUE(coder);
    EXPECT_EQ(coder->size, Bytes{1'117'320'768});
    EXPECT_EQ(coder->sha256, "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046");
    const auto* packages = std::get_if<PackageSource>(&coder->sources.back());
    ASSERT_NE(packages, nullptr);
    EXPECT_EQ(packages->packages.size(), 22U);
    EXPECT_THAT(describe(coder->sources.back()), HasSubstr("22 Python packages"));
}

TEST(Catalogue, ReadsEveryKindOfSource) {
    const auto path = kData / "catalogue/good.toml";
    const auto layer = parse_catalogue(test::read_all(path), path);
    ASSERT_TRUE(layer) << layer.error().message();
    ASSERT_EQ(layer->entries.size(), 1U);
    const auto& entry = layer->entries.front();
    EXPECT_EQ(entry.name, "tiny:1b");
    EXPECT_THAT(entry.aliases, ElementsAre("small", "tiny:latest"));
    EXPECT_EQ(entry.defined_in, path);
    ASSERT_EQ(entry.sources.size(), 3U);
    EXPECT_EQ(std::get<UrlSource>(entry.sources[0]).url, "https://example.org/tiny.gguf");
    EXPECT_EQ(std::get<PathSource>(entry.sources[1]).path, kData / "catalogue/tiny.gguf");
    EXPECT_EQ(std::get<PackageSource>(entry.sources[2]).packages.at(1).size, Bytes{40});
}

// Every file says in its first line which words its error must have; it always starts with file, line and column.
TEST(Catalogue, SaysWhereAFileIsWrong) {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(kData / "catalogue/wrong")) {
        SCOPED_TRACE(file.path().filename().string());
        const auto text = test::read_all(file.path());
        const auto first = split_lines(text).front();
        ASSERT_TRUE(first.starts_with("# ")) << first;
        const auto parts = split(first.substr(2), '|');
        ASSERT_EQ(parts.size(), 2U) << "# LINE|WORDS";
        const auto layer = parse_catalogue(text, "c.toml");
        ASSERT_TRUE(!layer || !layer->faults.empty());
        const Error& error = layer ? layer->faults.front().error : layer.error();
        EXPECT_EQ(error.code(), Code::kInvalidInput);
        EXPECT_THAT(error.message(), testing::StartsWith(fmt::format("c.toml:{}:", parts[0])));
        EXPECT_THAT(error.message(), HasSubstr(std::string(parts[1])));
        ++count;
    }
    EXPECT_GE(count, 20U);
}

TEST(Catalogue, SurvivesEveryCutAndFlip) {
    const auto text = test::read_all(kData / "catalogue/good.toml");
    ASSERT_FALSE(text.empty());
    for (std::size_t at = 0; at < text.size(); ++at) {
        static_cast<void>(parse_catalogue(std::string_view(text).substr(0, at), "c.toml").has_value());
        auto changed = text;
        changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ 0x81U);
        static_cast<void>(parse_catalogue(changed, "c.toml").has_value());
    }
}

class CatalogueFolders : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("catalogue");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        first_ = folder_->path() / "first";
        second_ = folder_->path() / "second";
    }

    std::optional<os::TempDir> folder_;
    fs::path first_;
    fs::path second_;
};

TEST_F(CatalogueFolders, LetLaterOnesAddAndOverride) {
    test::write_file(first_ / "a.toml",
                     entry("one", "1b", "aliases = [\"uno\", \"eins\"]") + entry("two", "2b"));
    test::write_file(second_ / "b.toml", entry("two", "2b", "template_notes = \"mine\"") +
                                             entry("three", "3b", "aliases = [\"uno\"]"));
    test::write_file(second_ / "notes.txt", "not read");
    const auto catalogue = Catalogue::load({first_, second_, folder_->path() / "absent"});
    ASSERT_TRUE(catalogue) << catalogue.error().message();
    EXPECT_EQ(catalogue->entries().size(), 3U);
    EXPECT_EQ(catalogue->find("two")->template_notes, "mine");
    EXPECT_EQ(catalogue->find("UNO")->name, "three:3b") << "the later folder takes the alias over";
    EXPECT_EQ(catalogue->find("eins")->name, "one:1b");
}

TEST_F(CatalogueFolders, RefuseANameTwiceInOneOfThem) {
    test::write_file(first_ / "a.toml", entry("one", "1b"));
    test::write_file(first_ / "b.toml", entry("other", "1b", "aliases = [\"one:1b\"]"));
    const auto catalogue = Catalogue::load({first_});
    ASSERT_FALSE(catalogue);
    EXPECT_THAT(catalogue.error().message(), HasSubstr("b.toml"));
    EXPECT_THAT(catalogue.error().message(), HasSubstr("a.toml"));
}

TEST_F(CatalogueFolders, AnswerToNamesWithoutATagWhenOneFits) {
    test::write_file(first_ / "a.toml", entry("one", "1b") + entry("two", "2b") + entry("two", "7b"));
    const auto catalogue = Catalogue::load({first_});
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(catalogue->find("one")->name, "one:1b");
    const auto several = catalogue->find("two");
    ASSERT_FALSE(several);
    EXPECT_EQ(several.error().code(), Code::kInvalidInput);
    EXPECT_THAT(several.error().message(), HasSubstr("two:2b, two:7b"));
    const auto mistyped = catalogue->find("tow:7b");
    ASSERT_FALSE(mistyped);
    EXPECT_EQ(mistyped.error().code(), Code::kNotFound);
    EXPECT_THAT(mistyped.error().message(), HasSubstr("Did you mean two:7b"));
}

TEST_F(CatalogueFolders, AreTheOneBesideTheProgramThenAnUpdateThenTheUsers) {
    fs::create_directories(folder_->path() / "share/hearth/catalogue");
    fs::create_directories(folder_->path() / "bin");
    const os::Paths paths{.config = first_, .data = second_, .state = {}, .cache = {}, .runtime = {}};
    EXPECT_THAT(
        catalogue_folders(folder_->path() / "bin", paths),
        ElementsAre(folder_->path() / "share/hearth/catalogue", second_ / "catalogue", first_ / "catalogue"));
    EXPECT_THAT(
        catalogue_folders("/nowhere/bin", paths),
        ElementsAre(fs::path(HEARTH_SOURCE_DIR) / "catalogue", second_ / "catalogue", first_ / "catalogue"))
        << "a program in its build folder uses the source tree's";
}

}  // namespace
}  // namespace hearth::model
