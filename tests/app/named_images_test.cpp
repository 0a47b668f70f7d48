#include "app/named_images.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

const std::string kHead = "\x89PNG\r\n\x1A\n";

class NamedImages : public testing::Test {
protected:
    NamedImages() {
        put("a.png", kHead + "a");
        put("with blank.png", kHead + "b");
        put("notes.png", "no image");
        std::filesystem::create_directories(folder_.path() / "home");
        put("home/c.gif", "GIF89a");
    }

    void put(const std::string& name, const std::string& bytes) {
        ASSERT_TRUE(os::write_file_atomic(folder_.path() / name, bytes));
    }

    Result<agent::UserMessage> with(const std::string& text) {
        return with_named_images(text, folder_.path(), folder_.path() / "home");
    }

    std::size_t count(const std::string& text) {
        const auto said = with(text);
        EXPECT_TRUE(said) << said.error().message();
        if (!said) return 0;
        EXPECT_EQ(said->text, text) << "what was said stays as it is";
        return said->images.size();
    }

    os::TempDir folder_ = *os::TempDir::create("named-images");
};

TEST_F(NamedImages, AreThoseOfWordsThatBeginWithTheSign) {
    const auto said = with("look at @a.png");
    ASSERT_TRUE(said);
    ASSERT_EQ(said->images.size(), 1U);
    EXPECT_EQ(said->images[0], chat::make_image(kHead + "a").value());
    EXPECT_EQ(count("@a.png"), 1U);
    EXPECT_EQ(count("is @a.png, or (see @./a.png) wrong?"), 1U) << "the same one once";
    EXPECT_EQ(count("@\"with blank.png\" and @a.png"), 2U);
    EXPECT_EQ(count("@~/c.gif and @" + (folder_.path() / "a.png").string()), 2U);
}

TEST_F(NamedImages, OtherWordsAreLeft) {
    EXPECT_EQ(count("a.png, me@a.png, @notes.png, @none.png, @home, @, @\"a.png"), 0U);
    EXPECT_EQ(count(""), 0U);
}

TEST_F(NamedImages, OneThatNoModelTakesIsNamed) {
    put("large.png", kHead + std::string(chat::kMostImageBytes, 'x'));
    const auto said = with("@large.png");
    ASSERT_FALSE(said);
    EXPECT_EQ(said.error().code(), Code::kTooLarge);
    EXPECT_THAT(said.error().message(), HasSubstr("large.png"));
}

}  // namespace
}  // namespace hearth::app
