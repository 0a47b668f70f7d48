#include "core/base64.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

// RFC 4648, section 10.
TEST(Base64, PadsToWholeGroups) {
    EXPECT_EQ(encode_base64(""), "");
    EXPECT_EQ(encode_base64("f"), "Zg==");
    EXPECT_EQ(encode_base64("fo"), "Zm8=");
    EXPECT_EQ(encode_base64("foo"), "Zm9v");
    EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
    EXPECT_EQ(encode_base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, TakesAnyBytes) {
    EXPECT_EQ(encode_base64(std::string_view("\xff\xfe\x00", 3)), "//4A");
    EXPECT_EQ(encode_base64("\xfb\xff"), "+/8=");
}

}  // namespace
}  // namespace hearth
