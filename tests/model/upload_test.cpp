#include "model/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "model/gguf_splitter.h"
#include "model/support.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Uploads : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("uploads");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        store_.emplace(folder_->path());
    }

    [[nodiscard]] std::size_t files() const {
        std::error_code error;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(store_->uploads(), error), fs::directory_iterator()));
    }

    Status send(std::string_view bytes, std::string_view sha256) {
        auto upload = Upload::begin(*store_, sha256);
        if (!upload) return upload.error();
        TRY(upload->write(bytes.substr(0, bytes.size() / 2)));
        TRY(upload->write(bytes.substr(bytes.size() / 2)));
        return upload->finish();
    }

    std::optional<os::TempDir> folder_;
    std::optional<ModelStore> store_;
};

TEST_F(Uploads, AreThereOnceTheyAreCompleteAndRight) {
    const auto bytes = test::small_model();
    const auto hash = os::sha256(bytes);
    auto upload = Upload::begin(*store_, hash);
    ASSERT_TRUE(upload);
    ASSERT_TRUE(upload->write(bytes));
    EXPECT_FALSE(stored_file(*store_, hash)) << "not before";
    ASSERT_TRUE(upload->finish());
    ASSERT_TRUE(stored_file(*store_, hash));
    EXPECT_EQ(test::read_all(*stored_file(*store_, hash)), bytes);
}

TEST_F(Uploads, OtherBytesThanTheDigestLeaveNothing) {
    const auto refused = send("other bytes", os::sha256("these bytes"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kInvalidInput);
    EXPECT_THAT(refused.error().message(), HasSubstr("digest mismatch"));
    EXPECT_EQ(files(), 0U);
}

TEST_F(Uploads, OneThatIsGivenUpLeavesNothing) {
    {
        auto upload = Upload::begin(*store_, os::sha256("x"));
        ASSERT_TRUE(upload);
        EXPECT_TRUE(upload->write("x"));
        EXPECT_EQ(files(), 1U);
    }
    EXPECT_EQ(files(), 0U);
}

TEST_F(Uploads, ADigestIsNoPath) {
    EXPECT_EQ(Upload::begin(*store_, "../../etc").error().code(), Code::kInvalidInput);
    EXPECT_FALSE(stored_file(*store_, "../manifests"));
}

TEST_F(Uploads, BecomeModelsUnderSeveralNames) {
    const auto bytes = test::small_model();
    const auto hash = os::sha256(bytes);
    ASSERT_TRUE(send(bytes, hash));
    const InstallNotes notes{
        .defaults = {.system = "Be terse.", .chat_template = {}, .parameters = R"({"seed":1})"}};
    ASSERT_TRUE(install_stored(*store_, "one", hash, notes));
    const auto two = install_stored(*store_, "two", hash, {});
    ASSERT_TRUE(two) << two.error().message();
    EXPECT_EQ(store_->find("one")->manifest.defaults, notes.defaults);
    EXPECT_EQ(store_->find("two")->manifest.defaults, ModelDefaults());
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(install_stored(*store_, "three", os::sha256("absent"), {}).error().code(), Code::kNotFound);
}

TEST_F(Uploads, WhatIsNoModelBecomesNone) {
    ASSERT_TRUE(send("plain text", os::sha256("plain text")));
    EXPECT_FALSE(install_stored(*store_, "text", os::sha256("plain text"), {}));
    EXPECT_TRUE(store_->list()->empty());
}

TEST_F(Uploads, OnePartOfAModelBecomesNoneAndNoBlob) {
    const auto part = test::split_gguf(test::small_model(), 2)[0];
    const auto hash = os::sha256(part);
    ASSERT_TRUE(send(part, hash));
    const auto installed = install_stored(*store_, "part", hash, {});
    ASSERT_FALSE(installed);
    EXPECT_EQ(installed.error().code(), Code::kUnsupported);
    EXPECT_THAT(installed.error().message(), HasSubstr("it is one of 2 parts of a model"));
    EXPECT_FALSE(fs::exists(store_->blob(hash)));
}

}  // namespace
}  // namespace hearth::model
