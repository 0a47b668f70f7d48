#include "guard/secret_store.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "os/files.h"

namespace hearth::guard {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SecretStoreTest : public testing::Test {
protected:
    static unsigned mode_of(const fs::path& path) {
        struct stat facts{};
        EXPECT_EQ(::stat(path.c_str(), &facts), 0) << path;
        return facts.st_mode & 0777U;
    }

    os::TempDir home_ = *os::TempDir::create("secrets-");
    fs::path folder_ = home_.path() / "secrets";
    SecretStore store_{folder_};
};

TEST_F(SecretStoreTest, KeepsThemForThisUserAlone) {
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("sk-1")));
    EXPECT_EQ(mode_of(folder_), 0700U);
    EXPECT_EQ(mode_of(folder_ / "cloud"), 0600U);
    const auto secret = store_.get("cloud");
    ASSERT_TRUE(secret) << secret.error().message();
    EXPECT_EQ(secret->reveal(), "sk-1");
}

TEST_F(SecretStoreTest, ANewOneReplacesTheOld) {
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("old")));
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("new")));
    EXPECT_EQ(store_.get("cloud")->reveal(), "new");
    EXPECT_THAT(*store_.list(), ElementsAre("cloud"));
}

TEST_F(SecretStoreTest, OneThatOthersCanReadIsNotUsed) {
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("sk-1")));
    fs::permissions(folder_ / "cloud", fs::perms(0644));
    const auto secret = store_.get("cloud");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().code(), Code::kPermission);
    EXPECT_THAT(secret.error().message(), HasSubstr("chmod go="));
    EXPECT_THAT(secret.error().message(), Not(HasSubstr("sk-1")));
}

TEST_F(SecretStoreTest, WhatIsNotThereHasTheCommandThatSetsIt) {
    EXPECT_THAT(*store_.list(), IsEmpty());
    const auto secret = store_.get("cloud");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().code(), Code::kNotFound);
    EXPECT_THAT(secret.error().message(), HasSubstr("hearth secret set cloud"));
    EXPECT_FALSE(store_.remove("cloud"));
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("x")));
    EXPECT_TRUE(store_.remove("cloud"));
    EXPECT_FALSE(store_.get("cloud"));
}

TEST_F(SecretStoreTest, ANameIsNoPath) {
    for (const char* name : {"", ".", "..", "../x", "a/b", "a b", ".hidden", "a\n"}) {
        const Status set = store_.set(name, *Secret::from_text("x"));
        ASSERT_FALSE(set) << name;
        EXPECT_EQ(set.error().code(), Code::kInvalidInput);
    }
    EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(SecretStoreTest, AMistakeDoesNotRepeatTheSecret) {
    const Status set = store_.set("sk very-secret", *Secret::from_text("x"));
    ASSERT_FALSE(set);
    EXPECT_THAT(set.error().message(), Not(HasSubstr("very-secret")));
    for (const char* text : {"", "two words", "line\nbreak", "caf\xc3\xa9"}) {
        const auto secret = Secret::from_text(text);
        ASSERT_FALSE(secret) << text;
        if (*text != '\0') EXPECT_THAT(secret.error().message(), Not(HasSubstr(text)));
    }
}

TEST_F(SecretStoreTest, AllThatAreKeptAreKnownToBeSecrets) {
    EXPECT_TRUE(store_.known().empty());
    ASSERT_TRUE(store_.set("cloud", *Secret::from_text("sk-12345678")));
    ASSERT_TRUE(store_.set("pin", *Secret::from_text("1234")));
    ASSERT_TRUE(store_.set("open", *Secret::from_text("open-to-others")));
    fs::permissions(folder_ / "open", fs::perms(0644));
    EXPECT_EQ(store_.known().without("sk-12345678, 1234 and open-to-others").text,
              "[secret cloud], 1234 and [secret open]");
}

}  // namespace
}  // namespace hearth::guard
