#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/gguf.h"

namespace hearth::model {

// A model whose weights come in several files: FRONT-00001-of-00003.gguf and so on, in one folder. The first has the metadata, each has
// some of the tensors. The engine is given the first one and finds the others by their names.
// Source: what the engine's own tool for splitting writes, and how its loader finds the parts.

inline constexpr int kMostParts = 1024;

// Where a file stands among the parts, by its name.
struct SplitName {
    std::string front;  // with folders, without "-00001-of-00003.gguf"
    int number = 1;     // from 1
    int count = 1;

    friend bool operator==(const SplitName&, const SplitName&) = default;
};

// Reads a path, or an address up to its '?' or '#'. Empty for a name of another form. Pure.
[[nodiscard]] std::optional<SplitName> parse_split_name(std::string_view path_or_address);

// "FRONT-00002-of-00003.gguf". Pure.
[[nodiscard]] std::string split_name(std::string_view front, int number, int count);

// The names of all parts of a model, in order, of which one is given; that one alone when it is no part by its name. What follows a
// '?' or '#' in an address stays. Pure.
[[nodiscard]] std::vector<std::string> all_parts(std::string_view path_or_address);

// What the headers of the parts, in order, say together: the metadata of the first, the tensors of all, each with the number of its part,
// in which its offset is. `names` are for messages.
// Errors: kCorrupt when one is no part of this model, stands at another place, has a tensor that another has, or when tensors are missing. Pure.
[[nodiscard]] Result<GgufHeader> join_parts(std::vector<GgufHeader> headers,
                                            const std::vector<std::string>& names);

// That a header is one of a model in one file.
// Errors: kUnsupported for a part of several, with how the others are found. Pure.
[[nodiscard]] Status check_whole(const GgufHeader& header);

// A model on the disk, of one file or several.
struct WholeModel {
    GgufHeader header;                         // of all parts
    std::vector<std::filesystem::path> files;  // in order; the engine is given the first
    Bytes size{0};                             // of all
};

// Reads the header of a model, and of all its parts when its header says that there are others; any part may be named.
// Errors: as read_gguf and join_parts; kNotFound naming a part that is not there; kInvalidInput when there must be others and the file's
// name does not say what they are called. Threads: any.
[[nodiscard]] Result<WholeModel> read_model(const std::filesystem::path& path);

// The bytes of a file and of the parts beside it. 0 when one of them cannot be looked at. Reads no file.
[[nodiscard]] Bytes size_with_parts(const std::filesystem::path& path);

}  // namespace hearth::model
