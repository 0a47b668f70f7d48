#include "chat/image.h"

#include <gtest/gtest.h>
#include <string>

#include "chat/message.h"
#include "core/base64.h"

namespace hearth::chat {
namespace {

using namespace std::string_literals;

const std::string kPng = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s;

TEST(Image, ItsTypeIsInItsFirstBytes) {
    EXPECT_EQ(image_type(kPng), "image/png");
    EXPECT_EQ(image_type("\xFF\xD8\xFF\xE0"s), "image/jpeg");
    EXPECT_EQ(image_type("GIF87a..."), "image/gif");
    EXPECT_EQ(image_type("GIF89a..."), "image/gif");
    EXPECT_EQ(image_type("RIFF\x10\0\0\0WEBPVP8 "s), "image/webp");
    for (const auto& other :
         {""s, "GIF90a"s, "\x89PNG"s, "RIFF\x10\0\0\0WAVE"s, "RIFF\0\0\0\0WEB"s, "%PDF-1.7"s, "<svg"s})
        EXPECT_EQ(image_type(other), std::nullopt) << other;
}

TEST(Image, IsMadeFromBytesOrFromBase64) {
    const auto made = make_image(kPng);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->mime_type, "image/png");
    EXPECT_EQ(made->data, encode_base64(kPng));
    auto loose = made->data;
    while (loose.ends_with('='))
        loose.pop_back();
    EXPECT_EQ(parse_image(loose).value(), *made) << "the padding may be left out";
    EXPECT_EQ(data_url(*made), "data:image/png;base64," + made->data);
}

TEST(Image, WhatIsNoneIsRefused) {
    EXPECT_EQ(make_image("text").error().code(), Code::kUnsupported);
    EXPECT_EQ(parse_image("not base64!").error().code(), Code::kInvalidInput);
    EXPECT_EQ(parse_image(encode_base64("text")).error().code(), Code::kUnsupported);
}

TEST(Image, OneThatIsTooLargeIsRefusedWithItsSize) {
    auto large = kPng;
    large.resize(kMostImageBytes);
    EXPECT_TRUE(make_image(large));
    large.push_back('\0');
    const auto refused = make_image(large);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kTooLarge);
    EXPECT_NE(refused.error().message().find("3585 KiB"), std::string::npos) << refused.error().message();
}

TEST(Image, AMessageHasRoomForSoManyOfThem) {
    std::vector<Image> images(3, Image{"image/png", std::string(kMostImageDataBytes / 4, 'A')});
    EXPECT_TRUE(check_images(images));
    images.resize(5, images.front());
    EXPECT_EQ(check_images(images).error().code(), Code::kTooLarge);
}

TEST(Image, AModelThatDoesNotSeeIsToldThatThereWasOne) {
    const auto image = make_image(kPng).value();
    std::vector<Message> messages = {
        {.text = "Look.", .images = {image, image}},
        {.role = Role::kTool, .text = "", .tool_call_id = "1", .images = {image}},
        {.text = "Well?"}};
    name_images(messages);
    EXPECT_EQ(messages[0].text,
              "Look.\n[an image that this model cannot see]\n[an image that this model cannot see]");
    EXPECT_EQ(messages[1].text, "[an image that this model cannot see]");
    EXPECT_EQ(messages[2].text, "Well?");
    for (const auto& message : messages)
        EXPECT_TRUE(message.images.empty());
}

}  // namespace
}  // namespace hearth::chat
