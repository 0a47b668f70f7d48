#include "probe/card_book.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::probe {
namespace {

class Cards : public testing::Test {
protected:
    static Card card(std::string model, std::string build, std::int64_t time) {
        Card card;
        card.model = std::move(model);
        card.engine_build = std::move(build);
        card.unix_time = time;
        return card;
    }

    os::TempDir folder_ = *os::TempDir::create("cards-test-");
    CardBook book_{folder_.path()};
};

TEST_F(Cards, AreKeptForEachModelAndEngineBuild) {
    ASSERT_TRUE(book_.keep(card("one", "a", 10)));
    ASSERT_TRUE(book_.keep(card("one", "b", 30)));
    ASSERT_TRUE(book_.keep(card("two", "a", 20)));
    const auto older = os::read_file(book_.file_of("one", "a"));
    ASSERT_TRUE(older) << older.error().message();
    EXPECT_EQ(decode_card(*older)->unix_time, 10);
    EXPECT_EQ(book_.newest("one")->unix_time, 30);
    EXPECT_EQ(book_.newest("two")->unix_time, 20);
    EXPECT_FALSE(book_.newest("three"));
    EXPECT_FALSE(std::filesystem::exists(book_.file_of("two", "b")));
}

TEST_F(Cards, TakeTheOldOnesPlace) {
    ASSERT_TRUE(book_.keep(card("/a/path/model.gguf 12 34", "a", 10)));
    ASSERT_TRUE(book_.keep(card("/a/path/model.gguf 12 34", "a", 5)));
    EXPECT_EQ(book_.newest("/a/path/model.gguf 12 34")->unix_time, 5);
}

TEST_F(Cards, AreForgottenTogether) {
    ASSERT_TRUE(book_.keep(card("one", "a", 1)));
    ASSERT_TRUE(book_.keep(card("one", "b", 2)));
    ASSERT_TRUE(book_.keep(card("two", "a", 3)));
    EXPECT_EQ(*book_.forget("one"), 2);
    EXPECT_FALSE(book_.newest("one"));
    EXPECT_TRUE(book_.newest("two"));
    EXPECT_EQ(*book_.forget("one"), 0);
}

TEST_F(Cards, ThatCannotBeReadAreNone) {
    ASSERT_TRUE(book_.keep(card("one", "a", 1)));
    const auto file = book_.file_of("one", "a");
    ASSERT_TRUE(os::write_file_atomic(file, "{ no card"));
    EXPECT_FALSE(book_.newest("one"));
    // Another model's card under this name is not believed either.
    ASSERT_TRUE(os::write_file_atomic(file, encode_card(card("two", "a", 1))));
    EXPECT_FALSE(book_.newest("one"));
}

}  // namespace
}  // namespace hearth::probe
