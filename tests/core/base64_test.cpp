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

TEST(Base64, HasOtherDigitsForUrls) {
    EXPECT_EQ(url_safe_base64("+/8="), "-_8=");
    EXPECT_EQ(url_safe_base64("Zm9v"), "Zm9v");
}

TEST(Base64, GivesTheBytesBack) {
    for (const std::string_view bytes : {"", "f", "fo", "foo", "foobar"})
        EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    std::string all;
    for (int byte = 0; byte < 256; ++byte)
        all += static_cast<char>(byte);
    EXPECT_EQ(decode_base64(encode_base64(all)), all);
}

TEST(Base64, HasOneFormForEachSequenceOfBytes) {
    for (const char* wrong :
         {"Zg", "Zg=", "Zg===", "Z===", "====", "=Zg=", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm-_", "Zg==Zg=="})
        EXPECT_EQ(decode_base64(wrong), std::nullopt) << wrong;
}

TEST(Base64, LooseFormsAreReadToo) {
    EXPECT_EQ(decode_loose_base64("QQ"), "A");
    EXPECT_EQ(decode_loose_base64("QR=="), "A") << "bits behind the last byte";
    EXPECT_EQ(decode_loose_base64("Q"), std::nullopt);
    EXPECT_EQ(decode_loose_base64("Q Q="), std::nullopt);
}

}  // namespace
}  // namespace hearth
