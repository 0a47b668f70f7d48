#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::history {

enum class Kind : std::uint8_t {
    kFile,
    kLink,
    kFolder,
    kUnkept,  // a file that is too large or closed to us: that it changes is seen, its content is not kept
};

// What stands at a path.
struct FileState {
    Kind kind = Kind::kFile;
    unsigned mode = 0;      // permission bits; 0 of a link
    std::int64_t size = 0;  // bytes, of files
    // kFile: SHA-256 of its bytes. kLink: where it leads. kUnkept: by what a change is seen. kFolder: see below,
    // and nothing where a path is spoken of.
    std::string content;

    bool operator==(const FileState&) const = default;
};

// The list of a folder: names in the order of bytes. The content of a folder in it is the SHA-256 of that folder's own list, so that the
// list at the top stands for a whole workspace: a snapshot is named by it.
struct Item {
    std::string name;
    FileState state;

    bool operator==(const Item&) const = default;
};

using FolderList = std::vector<Item>;

// One line an item: "f MODE SIZE SHA256 NAME", "l 0 0 TARGET NAME", "d MODE 0 SHA256 NAME", "u MODE SIZE MARK NAME", behind a line that
// names the format; blanks, control characters and '%' in names are written %20. Pure.
[[nodiscard]] std::string encode_folder(const FolderList& items);

// Errors: kCorrupt for what encode_folder() does not write.
[[nodiscard]] Result<FolderList> decode_folder(std::string_view text);

// Names and targets as they stand in such a line.
[[nodiscard]] std::string escape_name(std::string_view name);
[[nodiscard]] std::optional<std::string> unescape_name(std::string_view text);

// 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_sha256(std::string_view text);

}  // namespace hearth::history
