#include "model/gguf_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "model/gguf_splitter.h"
#include "model/support.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(SplitName, SaysFrontNumberAndCount) {
    EXPECT_EQ(parse_split_name("a/big-00002-of-00003.gguf"), (SplitName{"a/big", 2, 3}));
    EXPECT_EQ(parse_split_name("https://x.example/big-00001-of-00003.gguf?download=true"),
              (SplitName{"https://x.example/big", 1, 3}));
}

TEST(SplitName, OtherNamesAreNone) {
    for (const auto* name :
         {"big.gguf", "big-00001-of-00003", "big-0001-of-0003.gguf", "big-00004-of-00003.gguf",
          "big-00000-of-00003.gguf", "-00001-of-00003.gguf", "a/-00001-of-00003.gguf",
          "big-00001-of-99999.gguf", "big00001-of-00003.gguf", ""})
        EXPECT_EQ(parse_split_name(name), std::nullopt) << name;
}

TEST(SplitName, OneStandsForAll) {
    EXPECT_THAT(all_parts("https://x.example/big-00002-of-00002.gguf?a=b"),
                ElementsAre("https://x.example/big-00001-of-00002.gguf?a=b",
                            "https://x.example/big-00002-of-00002.gguf?a=b"));
    EXPECT_THAT(all_parts("/m/big.gguf"), ElementsAre("/m/big.gguf"));
}

class SplitModel : public testing::Test {
protected:
    void SetUp() override {
        auto folder = os::TempDir::create("split");
        ASSERT_TRUE(folder);
        folder_.emplace(*std::move(folder));
        write(test::split_gguf(test::small_model(), 2));
    }

    void write(const std::vector<std::string>& parts) {
        for (std::size_t i = 0; i < parts.size(); ++i)
            test::write_file(part(static_cast<int>(i) + 1), parts[i]);
    }

    [[nodiscard]] fs::path part(int number) const {
        return split_name((folder_->path() / "small").string(), number, 2);
    }

    std::string failure() const { return read_model(part(1)).error().message(); }

    std::optional<os::TempDir> folder_;
};

TEST_F(SplitModel, SaysTogetherWhatTheWholeFileSays) {
    const auto bytes = test::small_model();
    const auto whole = *parse_gguf(bytes, bytes.size());
    const auto model = read_model(part(1));
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_THAT(model->files, ElementsAre(part(1), part(2)));
    EXPECT_EQ(model->size, Bytes{static_cast<std::int64_t>(fs::file_size(part(1)) + fs::file_size(part(2)))});
    ASSERT_EQ(model->header.tensors.size(), whole.tensors.size());
    for (std::size_t i = 0; i < whole.tensors.size(); ++i) {
        EXPECT_EQ(model->header.tensors[i].name, whole.tensors[i].name);
        EXPECT_EQ(model->header.tensors[i].bytes, whole.tensors[i].bytes);
    }
    EXPECT_EQ(model->header.tensors.front().part, 0U);
    EXPECT_EQ(model->header.tensors.back().part, 1U);
    const auto facts = model_facts(model->header, model->size);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->parameters, model_facts(whole, model->size)->parameters);
    EXPECT_EQ(size_with_parts(part(2)), model->size);
}

TEST_F(SplitModel, AnyPartMayBeNamed) {
    const auto model = read_model(part(2));
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_EQ(model->files.front(), part(1));
}

TEST_F(SplitModel, AMissingPartIsNamed) {
    fs::remove(part(2));
    const auto model = read_model(part(1));
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kNotFound);
    EXPECT_THAT(model.error().message(),
                HasSubstr("part 2 of 2 is missing: there is no file " + part(2).string()));
    EXPECT_EQ(size_with_parts(part(1)), Bytes{0});
}

TEST_F(SplitModel, AForeignPartIsNamed) {
    test::write_file(part(2), test::split_gguf(test::small_model(), 2)[0]);
    EXPECT_THAT(failure(), HasSubstr(part(2).string() +
                                     " is not part 2 of this model of 2 parts: its header says part 1 of 2"));
    test::write_file(part(2), test::small_model());
    EXPECT_THAT(failure(), HasSubstr("is a model by itself and not part 2 of 2"));
}

TEST_F(SplitModel, ATensorThatComesTwiceIsAnotherModels) {
    const auto other = test::GgufBuilder()
                           .raw("split.no", test::le32(4) + test::le32(1))
                           .raw("split.count", test::le32(4) + test::le32(2))
                           .raw("split.tensors.count", test::le32(4) + test::le32(2))
                           .tensor("token_embd.weight", {256, 3}, 12, 0)
                           .build(448);
    test::write_file(part(2), other);
    EXPECT_THAT(failure(), HasSubstr("holds the tensor token_embd.weight, which another part holds too"));
}

TEST_F(SplitModel, MissingTensorsAreCounted) {
    const auto other = test::GgufBuilder()
                           .raw("split.no", test::le32(4) + test::le32(1))
                           .raw("split.count", test::le32(4) + test::le32(2))
                           .raw("split.tensors.count", test::le32(4) + test::le32(2))
                           .build(0);
    test::write_file(part(2), other);
    EXPECT_THAT(failure(), HasSubstr("hold 1 tensors together, their headers say 2"));
}

TEST_F(SplitModel, APartUnderAnotherNameIsExplained) {
    const auto renamed = folder_->path() / "renamed.gguf";
    fs::copy_file(part(1), renamed);
    const auto model = read_model(renamed);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code(), Code::kInvalidInput);
    EXPECT_THAT(model.error().message(), HasSubstr("is part 1 of 2 of a model"));
    EXPECT_THAT(model.error().message(), HasSubstr("NAME-00001-of-00002.gguf"));
}

TEST_F(SplitModel, AWholeFileIsOnePart) {
    const auto file = folder_->path() / "whole.gguf";
    test::write_file(file, test::small_model());
    const auto model = read_model(file);
    ASSERT_TRUE(model) << model.error().message();
    EXPECT_THAT(model->files, ElementsAre(file));
}

}  // namespace
}  // namespace hearth::model
