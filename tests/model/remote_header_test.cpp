#include "model/remote_header.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "model/support.h"

namespace hearth::model {
namespace {

// A file of `size` bytes that begins with `front`, counted requests.
FetchPart file_of(const std::string& front, std::uint64_t size, int& requests) {
    return [&front, size, &requests](std::uint64_t offset, std::uint64_t count) -> Result<RemoteFront> {
        ++requests;
        const std::uint64_t end = std::min(offset + count, size);
        std::string bytes = offset < front.size() ? front.substr(offset, count) : std::string();
        bytes.resize(static_cast<std::size_t>(end - offset), '\0');
        return RemoteFront{.bytes = std::move(bytes), .file_size = size};
    };
}

TEST(RemoteHeader, ASmallHeaderTakesOneRequest) {
    const std::string model = test::small_model();
    int requests = 0;
    const auto header = read_gguf_in_parts(file_of(model, std::uint64_t{400} << 30U, requests));
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(header->tensors.size(), 2U);
    EXPECT_EQ(requests, 1);
}

TEST(RemoteHeader, ALargeVocabularyTakesTwoAndNothingTakesMoreThanThree) {
    test::GgufBuilder builder;
    builder.text("general.architecture", "llama")
        .texts("tokenizer.ggml.tokens", std::vector<std::string>(300'000, "a token"));
    builder.tensor("t", {1}, 0, 0);
    const std::string model = builder.build(4);
    int requests = 0;
    ASSERT_TRUE(read_gguf_in_parts(file_of(model, model.size(), requests)));
    EXPECT_EQ(requests, 2);
    test::GgufBuilder endless;
    endless.texts("tokenizer.ggml.tokens", std::vector<std::string>(6'000'000, "sixteen letters."));
    const std::string long_header = endless.build(0);
    requests = 0;
    const auto header = read_gguf_in_parts(file_of(long_header, long_header.size(), requests));
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code(), Code::kTooLarge);
    EXPECT_EQ(requests, 3);
}

TEST(RemoteHeader, WhatIsNoModelIsNotAskedForAgain) {
    int requests = 0;
    const auto header = read_gguf_in_parts(file_of("<html>", 5'000'000, requests));
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code(), Code::kCorrupt);
    EXPECT_EQ(requests, 1);
}

}  // namespace
}  // namespace hearth::model
