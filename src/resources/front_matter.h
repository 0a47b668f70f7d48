#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace hearth::resources {

// A Markdown file that may begin with a header between two lines of "---", as skills and prompt templates have it.
//
// Of the header's YAML the part is read that such files use: one key a line with a plain or quoted text, texts over several lines ("|", ">",
// indented lines), comments. Lists and maps below a key are passed over; their key has an empty text.
struct FrontMatter {
    std::vector<std::pair<std::string, std::string>> fields;  // in their order
    std::string body;                                         // what stands behind the header

    // The text of a key; nothing when it is absent.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const;
};

// Line ends of Windows and a byte order mark are left out. A file without a header is all body.
// Errors: kInvalidInput "line N: …" for a header that does not end, a line that is no key, a key that comes twice and a quotation
// that does not end; kCorrupt for what is no UTF-8. Pure. Cost: linear.
[[nodiscard]] Result<FrontMatter> parse_front_matter(std::string_view text);

}  // namespace hearth::resources
