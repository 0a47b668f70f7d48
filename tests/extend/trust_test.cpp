#include "extend/trust.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "os/files.h"

namespace hearth::extend {
namespace {

using testing::HasSubstr;

class TrustTest : public testing::Test {
protected:
    os::TempDir folder_ = *os::TempDir::create("hearth-trust-test");
    TrustBook book_{folder_.path() / "state" / "trust.json"};
};

TEST_F(TrustTest, NothingIsDecidedAtFirst) { EXPECT_EQ(*book_.decision("/p", "d"), std::nullopt); }

TEST_F(TrustTest, ADecisionIsForTheseFiles) {
    ASSERT_TRUE(book_.decide("/p", "d1", true));
    ASSERT_TRUE(book_.decide("/q", "d1", false));
    EXPECT_EQ(*book_.decision("/p", "d1"), std::optional(true));
    EXPECT_EQ(*book_.decision("/q", "d1"), std::optional(false));
    EXPECT_EQ(*book_.decision("/p", "d2"), std::nullopt);
    EXPECT_EQ(*book_.decision("/p/sub", "d1"), std::nullopt);
}

TEST_F(TrustTest, IsForgotten) {
    ASSERT_TRUE(book_.decide("/p", "d", true));
    EXPECT_TRUE(*book_.forget("/p"));
    EXPECT_FALSE(*book_.forget("/p"));
    EXPECT_EQ(*book_.decision("/p", "d"), std::nullopt);
}

TEST_F(TrustTest, TheFileIsForThisUserAlone) {
    ASSERT_TRUE(book_.decide("/p", "d", true));
    const auto mode = std::filesystem::status(folder_.path() / "state" / "trust.json").permissions();
    EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms(0600));
}

TEST_F(TrustTest, ABrokenFileTrustsNothing) {
    for (const auto* text : {"", "{}", R"({"version":2,"projects":{}})",
                             R"({"version":1,"projects":{"/p":{"trusted":"yes","digest":"d"}}})"}) {
        ASSERT_TRUE(os::write_file_atomic(folder_.path() / "state" / "trust.json", text));
        const auto decision = book_.decision("/p", "d");
        ASSERT_FALSE(decision) << text;
        EXPECT_THAT(decision.error().message(), HasSubstr("trust.json"));
    }
}

}  // namespace
}  // namespace hearth::extend
