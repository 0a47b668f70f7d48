#include "model/model_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::model {
namespace {

TEST(ModelName, HasABaseAndPerhapsATag) {
    const auto full = parse_model_name(" Qwen2.5-Coder:1.5B ");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->base, "qwen2.5-coder");
    EXPECT_EQ(full->tag, "1.5b");
    EXPECT_EQ(full->text(), "qwen2.5-coder:1.5b");
    const auto bare = parse_model_name("mine");
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->text(), "mine");
}

TEST(ModelName, MayBearItsPlaceInARegistry) {
    const auto full = parse_model_name("Hub.example:5000/Someone/Model:Q4");
    ASSERT_TRUE(full);
    EXPECT_EQ(full->base, "hub.example:5000/someone/model");
    EXPECT_EQ(full->tag, "q4");
    EXPECT_EQ(parse_model_name("someone/model")->text(), "someone/model");
    for (const char* text : {"a/b/c/d", "/a", "a/", "a//b", "host:x/a/b", "host:1/a", "../a", "a/..", "a@b"})
        EXPECT_FALSE(parse_model_name(text)) << text;
}

TEST(ModelName, IsAlwaysSafeInAPath) {
    for (const auto* text :
         {"", ":", "a:", ":b", "../etc/passwd", ".hidden", "a:../b", "a b", "a:b:c", "-x", "a\nb", "ä"}) {
        const auto name = parse_model_name(text);
        ASSERT_FALSE(name) << text;
        EXPECT_EQ(name.error().code(), Code::kInvalidInput);
    }
    EXPECT_FALSE(parse_model_name(std::string(65, 'a')));
    EXPECT_TRUE(parse_model_name(std::string(64, 'a')));
}

TEST(ModelName, ComesFromAFileNameOrAUrl) {
    EXPECT_EQ(model_name_of_file("./SmolLM2 135M (x).Q4_1.gguf"), "smollm2-135m-x-.q4_1");
    EXPECT_EQ(model_name_of_file("http://h/a/b/my.gguf?download=true"), "my");
    EXPECT_EQ(model_name_of_file("..gguf"), "");
    EXPECT_EQ(model_name_of_file("ä.gguf"), "");
    EXPECT_EQ(model_name_of_file(std::string(100, 'x') + ".gguf").size(), 64U);
}

TEST(NearestNames, FindTypingMistakes) {
    const std::vector<std::string> known = {"qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b", "smollm2:135m",
                                            "gemma3:270m"};
    EXPECT_THAT(nearest_names("qwen2.5-codr:1.5b", known),
                testing::ElementsAre("qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b"));
    EXPECT_THAT(nearest_names("smolml2", known), testing::ElementsAre("smollm2:135m"))
        << "a swap of neighbours";
    EXPECT_THAT(nearest_names("gemma", known), testing::ElementsAre("gemma3:270m"));
    EXPECT_THAT(nearest_names("coder", known),
                testing::UnorderedElementsAre("qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b"));
    EXPECT_THAT(nearest_names("llama", known), testing::IsEmpty());
    EXPECT_THAT(nearest_names("", known), testing::IsEmpty());
}

TEST(NearestNames, AreShownAsAQuestion) {
    const std::vector<std::string> known = {"ab1", "ab2", "ab3"};
    EXPECT_EQ(did_you_mean("ab4", known), " Did you mean ab1, ab2 or ab3?");
    EXPECT_EQ(did_you_mean("zzzz", known), "");
}

}  // namespace
}  // namespace hearth::model
