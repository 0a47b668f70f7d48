#include "model/oci_manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/support.h"

namespace hearth::model {
namespace {

using testing::HasSubstr;

std::string manifest(std::string_view name) {
    return test::read_all(std::filesystem::path(HEARTH_SOURCE_DIR) / "tests" / "data" / "model" /
                          "oci_manifests" / name);
}

TEST(OciManifest, OfOllamasRegistry) {
    const auto parsed = parse_oci_manifest(manifest("ollama.json"));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(parsed->weights.sha256, std::string(64, '1'));
    EXPECT_EQ(parsed->weights.size, Bytes{1'321'082'688});
    ASSERT_TRUE(parsed->chat_template && parsed->licence && parsed->parameters);
    EXPECT_EQ(parsed->licence->sha256, std::string(64, '3')) << "the first one";
    EXPECT_FALSE(parsed->system);
}

TEST(OciManifest, OfAGgufArtifact) {
    const auto parsed = parse_oci_manifest(manifest("artifact.json"));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(parsed->weights.sha256, std::string(64, 'a'));
}

TEST(OciManifest, OfAModelInSeveralFiles) {
    const auto parsed = parse_oci_manifest(manifest("two_files.json"));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(parsed->weights.sha256, std::string(64, '1'));
    ASSERT_EQ(parsed->further.size(), 1U);
    EXPECT_EQ(parsed->further[0].sha256, std::string(64, '2'));
}

TEST(OciManifest, WhatIsNoModelOfOursIsSaid) {
    const auto message = [](std::string_view name) {
        return parse_oci_manifest(manifest(name)).error().message();
    };
    EXPECT_THAT(message("index.json"), HasSubstr("index of several manifests"));
    EXPECT_THAT(message("image.json"), HasSubstr("no GGUF file"));
    EXPECT_THAT(message("adapter.json"), HasSubstr("adapter"));
    EXPECT_THAT(message("bad_digest.json"), HasSubstr("no sha256 digest"));
    EXPECT_EQ(parse_oci_manifest(R"({"schemaVersion":1,"layers":[]})").error().code(), Code::kCorrupt);
    EXPECT_EQ(parse_oci_manifest("").error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::model
