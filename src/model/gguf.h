#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::model {

// One metadata value of a GGUF header. Arrays of strings (vocabularies) carry their count only.
struct GgufArray {
    std::uint32_t element_type = 0;
    std::uint64_t count = 0;
    std::vector<std::int64_t> integers;  // kept for integer and bool arrays up to limits.max_kept_elements
};

using GgufValue = std::variant<std::uint64_t, std::int64_t, double, bool, std::string, GgufArray>;

struct GgufTensor {
    std::string name;
    std::vector<std::uint64_t> shape;  // elements, innermost first; 1 to 4 of them
    std::uint32_t type = 0;            // ggml type number
    std::uint64_t offset = 0;          // bytes from the start of the tensor area
    std::uint64_t bytes = 0;           // size in the file by type and shape
    std::uint32_t part = 0;            // in which file it is, from 0, when there are several (gguf_split.h)
};

struct GgufHeader {
    std::uint32_t version = 0;
    std::map<std::string, GgufValue, std::less<>> metadata;
    std::vector<GgufTensor> tensors;
    std::uint64_t header_bytes = 0;  // where the tensor area starts, aligned
    std::uint64_t file_bytes = 0;    // what the header says the file must hold at least

    // By kind; empty when absent or of another kind. Integers of either sign are accepted where they fit.
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;
    [[nodiscard]] std::optional<std::string_view> string(std::string_view key) const;
};

struct GgufLimits {
    std::uint64_t max_header_bytes = std::uint64_t{512} << 20U;
    std::uint64_t max_metadata = 65'536;
    std::uint64_t max_tensors = 262'144;
    std::uint64_t max_string = std::uint64_t{64} << 20U;
    std::uint64_t max_kept_elements = 4096;
};

// Reads the header of a GGUF file (versions 2 and 3, little-endian) in one pass; never the tensors.
// Source: the GGUF specification in the ggml project's docs.
// Memory: a window of 256 KiB, the strings that are kept (never more than the header itself has), and a fixed
// cost for each entry under the limits; vocabularies are stepped over. No count or length that the file
// claims is trusted with memory before the file is known to be long enough for it. Errors: kCorrupt with the
// byte offset for anything that is not a valid header, also when the file is shorter than its tensors need
// (message says both sizes); kTooLarge over a limit; kUnsupported for other versions, big-endian files and
// element types that this program does not know. Threads: any. Survives any bytes (fuzz/model_gguf_fuzz.cpp).
[[nodiscard]] Result<GgufHeader> read_gguf(const std::filesystem::path& path, const GgufLimits& limits = {});

// The same from memory: `bytes` is the front of a file of `file_size` bytes.
// Errors: also kInvalidInput when the header goes on after `bytes`.
[[nodiscard]] Result<GgufHeader> parse_gguf(std::string_view bytes, std::uint64_t file_size,
                                            const GgufLimits& limits = {});

// What the rest of hearth asks of a model, taken from its header. Numbers that a header may leave out are 0
// then.
struct ModelFacts {
    std::string architecture;  // "qwen2"
    std::string name;          // general.name
    std::string quantisation;  // general.file_type ("Q4_K_M"), else the type most weight bytes have ("Q4_K")
    std::string licence;       // general.license, when it is there
    std::int64_t parameters = 0;  // elements of all tensors
    Tokens context_length{0};     // trained window
    std::int64_t layers = 0;
    std::int64_t embedding = 0;
    std::int64_t heads = 0;         // the most of any layer
    std::int64_t kv_heads = 0;      // the most of any layer
    std::int64_t key_length = 0;    // per head
    std::int64_t value_length = 0;  // per head
    std::int64_t vocabulary = 0;    // tokens
    Bytes file_size{0};
    bool has_chat_template = false;
};

// Errors: kCorrupt when the header names no architecture, or numbers that cannot be (negative, over 2^40).
// kUnsupported when there are no tensors (a vocabulary or a projector alone is no model). Threads: pure.
[[nodiscard]] Result<ModelFacts> model_facts(const GgufHeader& header, Bytes file_size);

// Whether its chat template knows of thinking. Threads: pure.
[[nodiscard]] bool template_thinks(const GgufHeader& header);

}  // namespace hearth::model
