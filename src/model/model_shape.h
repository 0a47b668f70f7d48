#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "model/gguf.h"

namespace hearth::model {

// A model as its numbers: what a GGUF header says, without the file. One entry a line, '#' starts a comment:
//
//     text general.architecture qwen3
//     int qwen3.block_count 36
//     float qwen3.attention.layer_norm_rms_epsilon 1e-6
//     ints qwen3.rope.dimension_sections 11 11 10 0
//     bools KEY 1 0 1
//     tensor blk.0-3,6.attn_q.weight Q4_K 4096 4096      one for each of the layers 0, 1, 2, 3 and 6
//
// Errors: kInvalidInput with the line; kTooLarge over 100,000 tensors. Threads: pure.
[[nodiscard]] Result<GgufHeader> parse_shape(std::string_view text);

// Writes a GGUF file with this header whose tensors are a hole: it has its full length and takes a few blocks of disk. An
// engine can measure itself on it, though not answer.
// Errors: what the file system said.
[[nodiscard]] Status write_hollow_gguf(const GgufHeader& header, const std::filesystem::path& path);

// Shapes that ship with the program, by name; those of the user's own folder first.
[[nodiscard]] Result<GgufHeader> find_shape(std::string_view name,
                                            const std::vector<std::filesystem::path>& catalogue_folders);
[[nodiscard]] std::vector<std::string> shape_names(
    const std::vector<std::filesystem::path>& catalogue_folders);

}  // namespace hearth::model
