#include "history/folder_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "core/text.h"

namespace hearth::history {
namespace {

constexpr std::string_view kFormat = "hearth-folder 1";
constexpr unsigned kMostMode = 0777;

char letter_of(Kind kind) {
    switch (kind) {
        case Kind::kFile: return 'f';
        case Kind::kLink: return 'l';
        case Kind::kFolder: return 'd';
        case Kind::kUnkept: return 'u';
    }
    return 'u';
}

std::optional<Kind> kind_of(std::string_view letter) {
    if (letter == "f") return Kind::kFile;
    if (letter == "l") return Kind::kLink;
    if (letter == "d") return Kind::kFolder;
    if (letter == "u") return Kind::kUnkept;
    return std::nullopt;
}

bool is_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

std::optional<unsigned> mode_in(std::string_view text) {
    unsigned mode = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (error != std::errc() || end != text.data() + text.size() || mode > kMostMode) return std::nullopt;
    return mode;
}

std::optional<Item> item_in(std::string_view line) {
    std::array<std::string_view, 5> words;
    const auto pieces = split(line, ' ');
    if (pieces.size() != words.size()) return std::nullopt;
    std::copy(pieces.begin(), pieces.end(), words.begin());
    const auto kind = kind_of(words[0]);
    const auto mode = mode_in(words[1]);
    const auto size = parse_number(words[2]);
    auto content = unescape_name(words[3]);
    auto name = unescape_name(words[4]);
    if (!kind || !mode || !size || !content || !name || !is_name(*name)) return std::nullopt;
    const bool hashed = *kind == Kind::kFile || *kind == Kind::kFolder;
    if (hashed && !is_sha256(*content)) return std::nullopt;
    return Item{*std::move(name), {*kind, *mode, *size, *std::move(content)}};
}

}  // namespace

bool is_sha256(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string escape_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte == '%' || byte == 0x7F) {
            fmt::format_to(std::back_inserter(out), "%{:02x}", byte);
        } else {
            out += c;
        }
    }
    return out;
}

std::optional<std::string> unescape_name(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto c = static_cast<unsigned char>(text[at]);
        if (c <= ' ' || c == 0x7F) return std::nullopt;
        if (c != '%') {
            out += text[at];
            continue;
        }
        unsigned byte = 0;
        const auto* digits = text.data() + at + 1;
        if (at + 2 >= text.size()) return std::nullopt;
        const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
        if (error != std::errc() || end != digits + 2 || byte == 0) return std::nullopt;
        out += static_cast<char>(byte);
        at += 2;
    }
    return out;
}

std::string encode_folder(const FolderList& items) {
    std::string out(kFormat);
    out += '\n';
    for (const auto& [name, state] : items)
        fmt::format_to(std::back_inserter(out), "{} {:o} {} {} {}\n", letter_of(state.kind), state.mode,
                       state.size, escape_name(state.content), escape_name(name));
    return out;
}

Result<FolderList> decode_folder(std::string_view text) {
    const auto lines = split_lines(text);
    if (lines.empty() || lines.front() != kFormat || !text.ends_with('\n'))
        return Error(Code::kCorrupt, "the list of a folder does not begin or end as one");
    FolderList items;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        auto item = item_in(lines[i]);
        if (!item || (!items.empty() && items.back().name >= item->name))
            return Error(Code::kCorrupt, fmt::format("line {} of the list of a folder is damaged", i + 1));
        items.push_back(*std::move(item));
    }
    return items;
}

}  // namespace hearth::history
