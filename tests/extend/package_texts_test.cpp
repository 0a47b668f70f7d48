#include "extend/package_texts.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::extend {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PackageTextsTest : public testing::Test {
protected:
    [[nodiscard]] fs::path root() const { return fs::canonical(folder_.path()); }

    void write(const std::string& path, const std::string& text = "x") const {
        ASSERT_TRUE(os::write_file_atomic(root() / path, text));
    }

    void manifest(const std::string& pi) const { write("package.json", R"({"name":"p","pi":)" + pi + "}"); }

    [[nodiscard]] std::vector<fs::path> skills() const {
        std::vector<fs::path> out;
        for (const auto& each : *package_texts(root(), PackageTexts::kSkills))
            out.push_back(each.lexically_relative(root()));
        return out;
    }

private:
    os::TempDir folder_ = *os::TempDir::create("hearth-package-texts");
};

TEST_F(PackageTextsTest, AreInFoldersOfTheirKind) {
    write("skills/a/SKILL.md");
    EXPECT_THAT(skills(), ElementsAre("skills"));
    EXPECT_THAT(*package_texts(root(), PackageTexts::kPrompts), IsEmpty());
    EXPECT_THAT(*package_texts(root() / "gone", PackageTexts::kSkills), IsEmpty());
}

TEST_F(PackageTextsTest, AreWhatTheManifestNames) {
    write("skills/a/SKILL.md");
    write("more/b/SKILL.md");
    write("more/c/SKILL.md");
    write("more/node_modules/d/SKILL.md");
    manifest(R"({"skills":["./more/*","!more/c"]})");
    EXPECT_THAT(skills(), ElementsAre("more/b"));
    manifest(R"({"skills":["more/c/"]})");
    EXPECT_THAT(skills(), ElementsAre("more/c"));
}

TEST_F(PackageTextsTest, DoNotLeadOutOfThePackage) {
    for (const auto* path : {"../x", "/etc"}) {
        manifest(std::string(R"({"skills":[")") + path + "\"]}");
        EXPECT_THAT(package_texts(root(), PackageTexts::kSkills).error().message(), HasSubstr("outside"))
            << path;
    }
    manifest(R"({"skills":["gone"]})");
    EXPECT_EQ(package_texts(root(), PackageTexts::kSkills).error().code(), Code::kNotFound);
}

TEST_F(PackageTextsTest, MayBeAllThatAPackageHas) {
    EXPECT_FALSE(has_only_texts(root()));
    write("prompts/a.md");
    EXPECT_TRUE(has_only_texts(root()));
    write("index.ts");
    EXPECT_FALSE(has_only_texts(root()));
    fs::remove(root() / "index.ts");
    write("extension.toml");
    EXPECT_FALSE(has_only_texts(root()));
}

}  // namespace
}  // namespace hearth::extend
