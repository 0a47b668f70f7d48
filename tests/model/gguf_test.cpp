#include "model/gguf.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "model/ggml_type.h"
#include "model/support.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::model {
namespace {

using test::counted;
using test::GgufBuilder;
using test::le32;
using test::le64;
using testing::HasSubstr;

Result<GgufHeader> parse(std::string_view bytes) { return parse_gguf(bytes, bytes.size()); }

void expect_error(std::string_view bytes, Code code, std::string_view part) {
    const auto header = parse(bytes);
    ASSERT_FALSE(header) << part;
    EXPECT_EQ(header.error().code(), code) << header.error().message();
    EXPECT_THAT(header.error().message(), HasSubstr(std::string(part)));
}

TEST(Gguf, ReadsMetadataAndTensors) {
    const auto bytes = test::small_model();
    const auto header = parse(bytes);
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(header->version, 3U);
    EXPECT_EQ(header->string("general.architecture"), "llama");
    EXPECT_EQ(header->integer("llama.context_length"), 4096);
    EXPECT_EQ(header->integer("general.architecture"), std::nullopt);
    EXPECT_EQ(header->string("absent"), std::nullopt);
    ASSERT_EQ(header->tensors.size(), 2U);
    EXPECT_EQ(header->tensors[0].name, "token_embd.weight");
    EXPECT_EQ(header->tensors[0].bytes, 3U * 144U);
    EXPECT_EQ(header->tensors[1].bytes, 1024U);
    EXPECT_EQ(header->header_bytes % 32, 0U);
    EXPECT_EQ(header->file_bytes, bytes.size());
    const auto& tokens = std::get<GgufArray>(header->metadata.at("tokenizer.ggml.tokens"));
    EXPECT_EQ(tokens.count, 3U);
    const auto& heads = std::get<GgufArray>(header->metadata.at("llama.attention.head_count_kv"));
    EXPECT_THAT(heads.integers, testing::ElementsAre(2, 1));
}

TEST(Gguf, AModelMayThinkWhereItsTemplateSaysSo) {
    GgufHeader header;
    EXPECT_FALSE(template_thinks(header));
    for (const auto* text : {"{% if enable_thinking %}", "<|assistant|><think>"}) {
        header.metadata["tokenizer.chat_template"] = std::string(text);
        EXPECT_TRUE(template_thinks(header)) << text;
    }
    header.metadata["tokenizer.chat_template"] = std::string("<|assistant|>");
    EXPECT_FALSE(template_thinks(header));
}

TEST(Gguf, ReadsEveryKindOfValue) {
    GgufBuilder builder;
    builder.raw("u8", le32(0) + "\x07")
        .raw("i8", le32(1) + "\xff")
        .raw("u16", le32(2) + std::string("\x01\x02", 2))
        .raw("i16", le32(3) + "\xfe\xff")
        .raw("u32", le32(4) + le32(0xFFFFFFFFU))
        .raw("i32", le32(5) + le32(0xFFFFFFFFU))
        .raw("f32", le32(6) + le32(0x3FC00000U))
        .raw("bool", le32(7) + "\x01")
        .raw("u64", le32(10) + le64(~std::uint64_t{0}))
        .raw("i64", le32(11) + le64(~std::uint64_t{0}))
        .raw("f64", le32(12) + le64(0x3FF8000000000000U));
    const auto header = parse(builder.build(0));
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(header->integer("u8"), 7);
    EXPECT_EQ(header->integer("i8"), -1);
    EXPECT_EQ(header->integer("u16"), 0x201);
    EXPECT_EQ(header->integer("i16"), -2);
    EXPECT_EQ(header->integer("u32"), 4'294'967'295);
    EXPECT_EQ(header->integer("i32"), -1);
    EXPECT_EQ(std::get<double>(header->metadata.at("f32")), 1.5);
    EXPECT_TRUE(std::get<bool>(header->metadata.at("bool")));
    EXPECT_EQ(header->integer("u64"), std::nullopt) << "does not fit";
    EXPECT_EQ(header->integer("i64"), -1);
    EXPECT_EQ(std::get<double>(header->metadata.at("f64")), 1.5);
}

TEST(Gguf, RefusesAFileCutAtAnyByte) {
    const auto bytes = test::small_model();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto header = parse_gguf(std::string_view(bytes).substr(0, length), length);
        ASSERT_FALSE(header) << "cut at byte " << length;
        EXPECT_EQ(header.error().code(), Code::kCorrupt) << header.error().message();
        EXPECT_THAT(header.error().message(), HasSubstr("byte")) << length;
    }
}

TEST(Gguf, SaysBothSizesOfAFileThatIsCutOff) {
    const auto bytes = test::small_model();
    const auto header = parse(std::string_view(bytes).substr(0, bytes.size() - 1));
    ASSERT_FALSE(header);
    EXPECT_THAT(header.error().message(), HasSubstr(std::to_string(bytes.size())));
    EXPECT_THAT(header.error().message(), HasSubstr(std::to_string(bytes.size() - 1)));
}

TEST(Gguf, SurvivesEveryFlippedByte) {
    const auto bytes = test::small_model();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const unsigned mask : {0x01U, 0x80U, 0xFFU}) {
            auto changed = bytes;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ mask);
            const auto header = parse(changed);
            if (!header) {
                EXPECT_FALSE(header.error().message().empty());
                continue;
            }
            EXPECT_LE(header->file_bytes, changed.size());
            for (const auto& tensor : header->tensors)
                EXPECT_LE(header->header_bytes + tensor.offset + tensor.bytes, changed.size());
        }
    }
}

TEST(Gguf, RefusesWhatIsNoGguf) {
    expect_error("", Code::kCorrupt, "magic");
    expect_error("PK\x03\x04 not a model at all", Code::kCorrupt, "letters GGUF");
}

TEST(Gguf, TellsOldNewAndBigEndianFilesApart) {
    GgufBuilder builder;
    builder.version = 1;
    expect_error(builder.build(0), Code::kUnsupported, "version 1");
    builder.version = 4;
    expect_error(builder.build(0), Code::kUnsupported, "version 4");
    builder.version = 0x03000000;
    expect_error(builder.build(0), Code::kUnsupported, "big-endian");
    builder.version = 2;
    EXPECT_TRUE(parse(builder.build(0)));
}

TEST(Gguf, RefusesWrongMetadata) {
    expect_error(GgufBuilder().text("a", "1").text("a", "2").build(0), Code::kCorrupt, "twice");
    expect_error(GgufBuilder().text("", "1").build(0), Code::kCorrupt, "empty");
    expect_error(GgufBuilder().raw("a", le32(13)).build(64), Code::kCorrupt, "type 13");
    expect_error(GgufBuilder().raw("a", le32(7) + "\x02").build(64), Code::kCorrupt, "truth value");
    expect_error(GgufBuilder().raw("a", le32(9) + le32(9) + le64(1)).build(64), Code::kUnsupported, "arrays");
    expect_error(GgufBuilder().raw("a", le32(9) + le32(4) + le64(~std::uint64_t{0} / 2)).build(64),
                 Code::kCorrupt, "longer than the file");
    expect_error(GgufBuilder().raw("a", le32(9) + le32(8) + le64(1'000'000)).build(64), Code::kCorrupt,
                 "longer than the file");
    expect_error(GgufBuilder().raw("a", le32(8) + le64(~std::uint64_t{0})).build(64), Code::kCorrupt,
                 "needs");
    for (const std::uint32_t alignment : {0U, 3U, 0x80000000U}) {
        expect_error(GgufBuilder().number("general.alignment", alignment).build(0), Code::kCorrupt,
                     "alignment");
    }
}

TEST(Gguf, RefusesWrongTensors) {
    expect_error(GgufBuilder().tensor("t", {}, 0, 0).build(64), Code::kCorrupt, "0 dimensions");
    expect_error(GgufBuilder().tensor("t", {1, 1, 1, 1, 1}, 0, 0).build(64), Code::kCorrupt, "5 dimensions");
    expect_error(GgufBuilder().tensor("t", {0}, 0, 0).build(64), Code::kCorrupt, "no elements");
    expect_error(GgufBuilder().tensor("t", {100}, 12, 0).build(64), Code::kCorrupt, "divide");
    expect_error(GgufBuilder().tensor("t", {4}, 99, 0).build(64), Code::kUnsupported, "type 99");
    expect_error(GgufBuilder().tensor("t", {4}, 4, 0).build(64), Code::kUnsupported, "type 4");
    expect_error(GgufBuilder().tensor("t", {4}, 0, 8).build(64), Code::kCorrupt, "multiple of 32");
    expect_error(GgufBuilder().tensor("t", {4}, 0, 0).tensor("t", {4}, 0, 32).build(64), Code::kCorrupt,
                 "twice");
    expect_error(GgufBuilder().tensor("t", {16}, 0, 0).tensor("u", {4}, 0, 32).build(96), Code::kCorrupt,
                 "overlap");
    const auto huge = std::uint64_t{1} << 62U;
    expect_error(GgufBuilder().tensor("t", {huge, 4}, 0, 0).build(64), Code::kCorrupt, "2^64");
    expect_error(GgufBuilder().tensor("t", {8}, 0, ~std::uint64_t{0} - 31).build(64), Code::kCorrupt, "2^64");
    expect_error(GgufBuilder().tensor("t", {64}, 0, 0).build(255), Code::kCorrupt, "cut off");
}

TEST(Gguf, HoldsItsLimits) {
    const auto bytes = test::small_model();
    const auto code_with = [&](const GgufLimits& limits) {
        const auto header = parse_gguf(bytes, bytes.size(), limits);
        return header ? std::optional<Code>() : std::optional(header.error().code());
    };
    EXPECT_EQ(code_with({}), std::nullopt);
    EXPECT_EQ(code_with({.max_header_bytes = 100}), Code::kTooLarge);
    EXPECT_EQ(code_with({.max_metadata = 3}), Code::kTooLarge);
    EXPECT_EQ(code_with({.max_tensors = 1}), Code::kTooLarge);
    EXPECT_EQ(code_with({.max_string = 4}), Code::kTooLarge);
    const auto header = parse_gguf(bytes, bytes.size(), {.max_kept_elements = 1});
    ASSERT_TRUE(header);
    EXPECT_TRUE(std::get<GgufArray>(header->metadata.at("llama.attention.head_count_kv")).integers.empty());
}

TEST(Gguf, AsksForMoreWhenTheHeaderGoesOnAfterTheGivenBytes) {
    const auto bytes = test::small_model();
    const auto header = parse_gguf(std::string_view(bytes).substr(0, 100), bytes.size());
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code(), Code::kInvalidInput);
}

TEST(Gguf, ReadsAFileWithoutItsTensors) {
    // The tensors are a hole of 64 GiB; reading them would take far longer than any test may.
    const auto folder = os::TempDir::create("gguf");
    ASSERT_TRUE(folder);
    const auto path = folder->path() / "hole.gguf";
    const std::uint64_t elements = std::uint64_t{16} << 30U;
    std::vector<std::string> vocabulary(60'000, "a token of some length");
    test::write_file(path, GgufBuilder()
                               .text("general.architecture", "llama")
                               .texts("tokenizer.ggml.tokens", vocabulary)
                               .tensor("t", {elements}, 0, 0)
                               .build(0));
    const auto size = std::filesystem::file_size(path) + elements * 4;
    ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(size)), 0);
    const auto header = read_gguf(path);
    ASSERT_TRUE(header) << header.error().message();
    EXPECT_EQ(header->file_bytes, size);
}

TEST(Gguf, NamesTheFileThatCannotBeRead) {
    const auto missing = read_gguf("/nowhere/model.gguf");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), Code::kNotFound);
    EXPECT_THAT(missing.error().message(), HasSubstr("/nowhere/model.gguf"));
    const auto folder = read_gguf("/tmp");
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message(), HasSubstr("not a regular file"));
}

TEST(GgmlType, KnowsBlockSizes) {
    ASSERT_TRUE(ggml_type(12));
    EXPECT_EQ(ggml_type(12)->name, "Q4_K");
    EXPECT_EQ(ggml_type(12)->bytes, 144U);
    EXPECT_EQ(ggml_type(39)->bytes, 17U);
    EXPECT_FALSE(ggml_type(4)) << "withdrawn";
    EXPECT_FALSE(ggml_type(1000));
    EXPECT_EQ(file_type_name(15), "Q4_K_M");
    EXPECT_EQ(file_type_name(3), "Q4_1");
    EXPECT_EQ(file_type_name(41), "Q2_0");
    EXPECT_EQ(file_type_name(5), "");
    EXPECT_EQ(file_type_name(-1), "");
    EXPECT_EQ(file_type_name(1024), "");
}

TEST(ModelFacts, ComeFromTheHeader) {
    const auto header = parse(test::small_model());
    ASSERT_TRUE(header);
    const auto facts = model_facts(*header, Bytes{5});
    ASSERT_TRUE(facts) << facts.error().message();
    EXPECT_EQ(facts->architecture, "llama");
    EXPECT_EQ(facts->name, "Small");
    EXPECT_EQ(facts->licence, "mit");
    EXPECT_EQ(facts->quantisation, "Q4_K_M");
    EXPECT_EQ(facts->parameters, 256 * 3 + 256);
    EXPECT_EQ(facts->context_length, Tokens{4096});
    EXPECT_EQ(facts->layers, 2);
    EXPECT_EQ(facts->kv_heads, 2) << "the most of any layer";
    EXPECT_EQ(facts->key_length, 64) << "embedding over heads when it is not given";
    EXPECT_EQ(facts->vocabulary, 3);
    EXPECT_EQ(facts->file_size, Bytes{5});
    EXPECT_TRUE(facts->has_chat_template);
}

TEST(ModelFacts, TakeTheQuantisationOfMostBytesWhenTheFileDoesNotSay) {
    const auto header = parse(GgufBuilder()
                                  .text("general.architecture", "x")
                                  .number("general.file_type", 1024)
                                  .tensor("a", {256, 4}, 14, 0)
                                  .tensor("b", {64}, 0, 864)
                                  .build(864 + 256));
    ASSERT_TRUE(header) << header.error().message();
    const auto facts = model_facts(*header, Bytes{1});
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->quantisation, "Q6_K");
}

TEST(ModelFacts, RefuseWhatIsNoModel) {
    const auto facts_of = [](const GgufBuilder& builder, std::size_t data) {
        const auto header = parse(builder.build(data));
        return header ? model_facts(*header, Bytes{1}) : Result<ModelFacts>(header.error());
    };
    const auto nameless = facts_of(GgufBuilder().tensor("t", {8}, 0, 0), 32);
    ASSERT_FALSE(nameless);
    EXPECT_EQ(nameless.error().code(), Code::kCorrupt);
    const auto vocabulary = facts_of(GgufBuilder().text("general.architecture", "llama"), 0);
    ASSERT_FALSE(vocabulary);
    EXPECT_EQ(vocabulary.error().code(), Code::kUnsupported);
    const auto absurd = facts_of(GgufBuilder()
                                     .text("general.architecture", "llama")
                                     .raw("llama.block_count", le32(11) + le64(~std::uint64_t{0}))
                                     .tensor("t", {8}, 0, 0),
                                 32);
    ASSERT_FALSE(absurd);
    EXPECT_THAT(absurd.error().message(), HasSubstr("llama.block_count"));
}

}  // namespace
}  // namespace hearth::model
