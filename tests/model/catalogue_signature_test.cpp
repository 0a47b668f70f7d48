#include "model/catalogue_signature.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/text.h"
#include "model/catalogue_key.h"
#include "model/support.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const os::SigningSeed kSeed{.bytes = {1, 2, 3}};
const os::SigningSeed kOther{.bytes = {4, 5, 6}};
constexpr std::string_view kBody = "version = 1\n# what is signed\n";

TrustedKey trusted(const os::SigningSeed& seed, std::string name = "team") {
    return {.name = std::move(name), .key = os::public_key_of(seed)};
}

Code code_of(std::string_view text, const std::vector<TrustedKey>& keys) {
    const auto parts = split_signature(text);
    if (!parts) return parts.error().code();
    const auto signer = signer_of(*parts, keys);
    return signer ? Code::kInternal : signer.error().code();
}

TEST(CatalogueSignature, IsTheLastLineAndCoversAllBeforeIt) {
    const auto text = sign_catalogue(kBody, kSeed);
    EXPECT_THAT(text, testing::StartsWith(std::string(kBody) + "# hearth-signature: ed25519 "));
    const auto parts = split_signature(text);
    ASSERT_TRUE(parts) << parts.error().message();
    EXPECT_EQ(parts->body, kBody);
    EXPECT_EQ(parts->key_id, key_id(os::public_key_of(kSeed)));
    const auto signer = signer_of(*parts, std::vector{trusted(kOther, "other"), trusted(kSeed)});
    ASSERT_TRUE(signer) << signer.error().message();
    EXPECT_EQ(signer->name, "team");
}

TEST(CatalogueSignature, OfATextThatHasOneReplacesIt) {
    const auto once = sign_catalogue(kBody, kSeed);
    EXPECT_EQ(sign_catalogue(once, kSeed), once);
    const auto other = sign_catalogue(once, kOther);
    EXPECT_EQ(split_signature(other)->body, kBody);
    EXPECT_EQ(sign_catalogue("version = 1", kSeed), sign_catalogue("version = 1\n", kSeed));
}

TEST(CatalogueSignature, NoChangeOfAnyByteGoesUnnoticed) {
    const auto text = sign_catalogue(kBody, kSeed);
    const std::vector keys{trusted(kSeed)};
    // But for the digits that only say whose key it should be.
    const auto id = text.rfind("ed25519 ") + 8;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (at >= id && at < id + 16) continue;
        for (const auto flip : {0x01U, 0x20U, 0x80U}) {
            auto changed = text;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
            EXPECT_NE(code_of(changed, keys), Code::kInternal) << at;
        }
    }
}

TEST(CatalogueSignature, ATextThatIsCutOffHasNone) {
    const auto text = sign_catalogue(kBody, kSeed);
    for (std::size_t at = 0; at < text.size(); ++at)
        EXPECT_EQ(code_of(std::string_view(text).substr(0, at), {trusted(kSeed)}), Code::kCorrupt) << at;
    EXPECT_EQ(code_of(text + "[[model]]\n", {trusted(kSeed)}), Code::kCorrupt) << "something behind it";
    EXPECT_EQ(code_of(text + "\n", {trusted(kSeed)}), Code::kCorrupt);
}

TEST(CatalogueSignature, SaysWhetherTheKeyOrTheBytesAreWrong) {
    const auto text = sign_catalogue(kBody, kSeed);
    EXPECT_EQ(code_of(text, {}), Code::kPermission);
    EXPECT_EQ(code_of(text, {trusted(kOther)}), Code::kPermission);
    EXPECT_EQ(code_of("x" + text, {trusted(kOther), trusted(kSeed)}), Code::kCorrupt);
    const auto parts = split_signature(text);
    EXPECT_THAT(signer_of(*parts, {}).error().message(), HasSubstr(parts->key_id));
}

TEST(CatalogueKey, HasATextForEachHalf) {
    const auto key = os::public_key_of(kSeed);
    EXPECT_EQ(parse_public_key(public_key_text(key)).value(), key);
    EXPECT_EQ(parse_secret_key(secret_key_text(kSeed)).value().bytes, kSeed.bytes);
    EXPECT_EQ(parse_public_key("  " + public_key_text(key) + "\n").value(), key);
    EXPECT_THAT(parse_public_key(secret_key_text(kSeed)).error().message(), HasSubstr("secret key"));
    EXPECT_THAT(parse_secret_key(public_key_text(key)).error().message(), HasSubstr("public key"));
    for (const char* wrong :
         {"", "hearth-catalogue-public-key ", "hearth-catalogue-public-key AAAA", "ssh-ed25519 AAAA"})
        EXPECT_EQ(parse_public_key(wrong).error().code(), Code::kInvalidInput) << wrong;
}

TEST(CatalogueKey, AMistakeDoesNotRepeatASecret) {
    auto text = secret_key_text(kSeed);
    const auto secret = text.substr(text.find(' ') + 1, 20);
    text += "more";
    EXPECT_THAT(parse_secret_key(text).error().message(), Not(HasSubstr(secret)));
    EXPECT_THAT(parse_public_key(text).error().message(), Not(HasSubstr(secret)));
}

class CatalogueKeyFiles : public testing::Test {
protected:
    os::TempDir folder_ = *os::TempDir::create("keys");
};

TEST_F(CatalogueKeyFiles, AreMadeOnceAndTheSecretOneIsPrivate) {
    const auto key = make_key_pair(folder_.path(), "team");
    ASSERT_TRUE(key) << key.error().message();
    struct stat facts{};
    ASSERT_EQ(::stat((folder_.path() / "team.key").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    const auto open = read_public_key(folder_.path() / "team.pub");
    ASSERT_TRUE(open) << open.error().message();
    EXPECT_EQ(open->name, "team");
    EXPECT_EQ(open->key, *key);
    EXPECT_EQ(os::public_key_of(read_secret_key(folder_.path() / "team.key").value()), *key);
    EXPECT_EQ(make_key_pair(folder_.path(), "team").error().code(), Code::kConflict);
    fs::remove(folder_.path() / "team.key");
    EXPECT_EQ(make_key_pair(folder_.path(), "team").error().code(), Code::kConflict) << "half of it is there";
    for (const char* wrong : {"", "../team", "a/b", ".team", "a b"})
        EXPECT_EQ(make_key_pair(folder_.path(), wrong).error().code(), Code::kInvalidInput) << wrong;
}

TEST_F(CatalogueKeyFiles, ASecretThatOthersCanReadIsRefused) {
    ASSERT_TRUE(make_key_pair(folder_.path(), "team"));
    const auto file = folder_.path() / "team.key";
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    const auto key = read_secret_key(file);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code(), Code::kPermission);
    EXPECT_THAT(key.error().message(), HasSubstr("chmod go="));
}

TEST_F(CatalogueKeyFiles, TrustedOnesAreThoseOfAFolder) {
    EXPECT_TRUE(read_trusted_keys(folder_.path() / "absent").value().empty());
    ASSERT_TRUE(make_key_pair(folder_.path(), "b"));
    ASSERT_TRUE(make_key_pair(folder_.path(), "a"));
    const auto keys = read_trusted_keys(folder_.path());
    ASSERT_TRUE(keys) << keys.error().message();
    ASSERT_EQ(keys->size(), 2U);
    EXPECT_EQ(keys->front().name, "a");
    test::write_file(folder_.path() / "c.pub", "nonsense");
    EXPECT_THAT(read_trusted_keys(folder_.path()).error().message(), HasSubstr("c.pub"));
}

}  // namespace
}  // namespace hearth::model
