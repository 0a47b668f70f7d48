#include "core/result.h"

#include <cerrno>
#include <gtest/gtest.h>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace hearth {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return Error(Code::kInvalidInput, "odd");
    return number / 2;
}

Result<int> quarter(int number) { return TRY(half(TRY(half(number)))); }

Status check(int number) {
    TRY(half(number));
    return {};
}

TEST(Try, YieldsTheValueOrReturnsTheError) {
    EXPECT_EQ(quarter(12).value(), 3);
    const auto failed = quarter(6);
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code(), Code::kInvalidInput);
    EXPECT_EQ(failed.error().message(), "odd");
    EXPECT_TRUE(check(2).has_value());
    EXPECT_FALSE(check(1).has_value());
}

TEST(Try, MovesValuesThatCannotBeCopied) {
    const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
    const auto use = [&]() -> Result<int> {
        const auto owned = TRY(make());
        return *owned;
    };
    EXPECT_EQ(use().value(), 7);
}

TEST(Result, ContextGoesInFrontAndKeepsTheCode) {
    const auto failed = half(1).context("counting").context("reading the list");
    EXPECT_EQ(failed.error().message(), "reading the list: counting: odd");
    EXPECT_EQ(failed.error().code(), Code::kInvalidInput);
    EXPECT_EQ(half(4).context("unused").value(), 2);
}

TEST(Error, ContextKeepsWhenToComeBack) {
    const Error error =
        Error(Code::kExhausted, "busy").with_retry_after(std::chrono::seconds(7)).with_context("chat");
    EXPECT_EQ(error.retry_after(), std::chrono::seconds(7));
    EXPECT_EQ(error.message(), "chat: busy");
    EXPECT_EQ(Error(Code::kExhausted, "busy").retry_after(), std::chrono::seconds(0));
}

TEST(ErrnoError, CodeFollowsTheNumber) {
    EXPECT_EQ(errno_error(ENOENT, "x").code(), Code::kNotFound);
    EXPECT_EQ(errno_error(EACCES, "x").code(), Code::kPermission);
    EXPECT_EQ(errno_error(ENOSPC, "x").code(), Code::kDiskFull);
    EXPECT_EQ(errno_error(EEXIST, "x").code(), Code::kConflict);
    EXPECT_EQ(errno_error(EIO, "x").code(), Code::kUnavailable);
    EXPECT_EQ(errno_error(ENOENT, "opening /a").message(), "opening /a: No such file or directory");
}

TEST(CodeName, IsDifferentForEveryCode) {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code) {
        names.insert(code_name(static_cast<Code>(code)));
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kInternal) + 1);
}

TEST(AssertDeathTest, StopsTheProgramAndNamesTheCondition) {
    EXPECT_DEATH(HEARTH_ASSERT(1 == 2), "broken invariant: 1 == 2");
}

}  // namespace
}  // namespace hearth
