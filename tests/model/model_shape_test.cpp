#include "model/model_shape.h"

#include <gtest/gtest.h>

#include "model/architecture.h"
#include "os/files.h"

namespace hearth::model {
namespace {

constexpr std::string_view kSmall =
    "# a model of two layers\n"
    "text general.architecture llama\n"
    "int llama.block_count 2\n"
    "int llama.embedding_length 256\n"
    "int llama.attention.head_count 4\n"
    "int llama.attention.head_count_kv 2\n"
    "float llama.attention.layer_norm_rms_epsilon 1e-6\n"
    "ints llama.rope.dimension_sections 1 2 3\n"
    "bools llama.odd 1 0\n"
    "tensor token_embd.weight Q6_K 256 1000\n"
    "tensor blk.0-1.attn_q.weight Q4_K 256 256\n"
    "tensor blk.1.ffn_down.weight Q4_K 512 256\n";

TEST(ModelShape, IsWrittenAndReadAsAFile) {
    const Result<GgufHeader> shape = parse_shape(kSmall);
    ASSERT_TRUE(shape) << shape.error().message();
    const os::TempDir folder = *os::TempDir::create("shape-");
    const auto file = folder.path() / "m.gguf";
    ASSERT_TRUE(write_hollow_gguf(*shape, file));
    const Result<GgufHeader> read = read_gguf(file);
    ASSERT_TRUE(read) << read.error().message();
    ASSERT_EQ(read->tensors.size(), 4U);
    EXPECT_EQ(read->tensors[2].name, "blk.1.attn_q.weight");
    EXPECT_EQ(read->tensors[2].bytes, 256U * 144U);
    EXPECT_EQ(read->integer("llama.block_count"), 2);
    EXPECT_EQ(std::get<GgufArray>(read->metadata.at("llama.odd")).integers,
              (std::vector<std::int64_t>{1, 0}));
}

TEST(ModelShape, WrongLinesAreNamed) {
    for (const std::string_view line :
         {"int only_a_name", "colour k v", "int k -1", "float k 1.x", "tensor t Q9_Z 256",
          "tensor t Q4_K 255 2", "tensor t F32 0", "tensor blk.3-1.t F32 1", "tensor blk.9999.t F32 1",
          "tensor blk.1 F32 1", "tensor t F32 1 1 1 1 1", "tensor t F32 9223372036854775807 4"}) {
        const Result<GgufHeader> shape = parse_shape(std::string("# first\n") + std::string(line));
        ASSERT_FALSE(shape) << line;
        EXPECT_EQ(shape.error().code(), Code::kInvalidInput) << line;
        EXPECT_TRUE(shape.error().message().starts_with("line 2")) << shape.error().message();
    }
    EXPECT_FALSE(parse_shape("tensor t F32 1\ntensor t F32 1\n"));
}

Architecture read(std::string_view name) {
    const Result<GgufHeader> header =
        find_shape(name, {std::filesystem::path(HEARTH_SOURCE_DIR) / "catalogue"});
    EXPECT_TRUE(header) << header.error().message();
    const Result<Architecture> model = read_architecture(*header);
    EXPECT_TRUE(model) << model.error().message();
    return *model;
}

std::int64_t count(const Architecture& model, bool LayerShape::* what) {
    return std::count_if(model.layers.begin(), model.layers.end(),
                         [&](const LayerShape& layer) { return layer.*what; });
}

TEST(Architecture, KnowsWhichLayersAttendSlideAndRecur) {
    const Architecture hybrid = read("qwen3.6-35b-a3b-mtp");
    EXPECT_EQ(hybrid.layers.size(), 40U);  // the 41st only predicts further tokens
    EXPECT_EQ(hybrid.hidden_layers, 1);
    EXPECT_EQ(count(hybrid, &LayerShape::attention), 10);
    EXPECT_EQ(count(hybrid, &LayerShape::recurrent), 30);
    const Architecture gemma = read("gemma-3-4b");
    EXPECT_EQ(count(gemma, &LayerShape::sliding), 29);
    EXPECT_EQ(gemma.window, 1024);
    EXPECT_TRUE(gemma.tied_embeddings);
    const Architecture mamba = read("mamba2-2.7b");
    EXPECT_EQ(count(mamba, &LayerShape::attention), 0);
    const Architecture nemotron = read("nemotron-h-4b");
    EXPECT_EQ(count(nemotron, &LayerShape::attention), 4);
    EXPECT_EQ(count(nemotron, &LayerShape::recurrent), 21);
    EXPECT_EQ(read("deepseek-v3").layers[0].value_length, 0);
}

TEST(Architecture, CountsTheParametersThatWorkOnAToken) {
    const Architecture moe = read("qwen3-235b-a22b");
    EXPECT_NEAR(static_cast<double>(moe.parameters()) / 1e9, 235.1, 0.2);
    EXPECT_NEAR(static_cast<double>(moe.active_parameters()) / 1e9, 21.6, 0.3);
    EXPECT_EQ(moe.layers[0].experts, 128);
    EXPECT_EQ(moe.layers[0].expert_feed_forward, 1536);
}

TEST(Architecture, RefusesNumbersThatCannotBe) {
    for (const std::string_view line :
         {"int llama.attention.head_count_kv 99999999", "int llama.block_count 9999",
          "int llama.block_count 0", "int llama.nextn_predict_layers 2"}) {
        std::string text(kSmall);
        Result<GgufHeader> header = parse_shape(text + std::string(line) + "\n");
        ASSERT_TRUE(header);
        EXPECT_FALSE(read_architecture(*header)) << line;
    }
}

}  // namespace
}  // namespace hearth::model
