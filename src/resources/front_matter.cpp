#include "resources/front_matter.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::resources {
namespace {

constexpr std::string_view kFence = "---";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Error at_line(std::size_t index, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("line {}: {}", index + 1, what)};
}

bool is_blank(std::string_view line) { return trim(line).empty(); }

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

// Four hexadecimal digits that are a character by themselves; nothing for half of a surrogate pair.
std::optional<std::uint32_t> code_point(std::string_view digits) {
    if (digits.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (const char digit : digits.substr(0, 4)) {
        const auto at = std::string_view("0123456789abcdef").find(to_lower_ascii({&digit, 1}));
        if (at == std::string_view::npos) return std::nullopt;
        code = code << 4U | static_cast<std::uint32_t>(at);
    }
    return code >= 0xd800 && code < 0xe000 ? std::nullopt : std::optional(code);
}

// What stands behind a backslash; returns how much of `rest` that was.
std::size_t add_escaped(std::string_view rest, std::string& out) {
    constexpr std::string_view kNames = "ntr0";
    constexpr std::string_view kMeanings = "\n\t\r ";
    if (rest.empty()) return 0;
    if (rest.front() == 'u') {
        const auto code = code_point(rest.substr(1));
        if (!code) {
            out += "\\u";
            return 1;
        }
        out += utf8_of(*code);
        return 5;
    }
    const auto named = kNames.find(rest.front());
    out += named == std::string_view::npos ? rest.front() : kMeanings[named];
    return 1;
}

class Header {
public:
    Header(const std::vector<std::string_view>& lines, std::size_t begin, std::size_t end)
        : lines_(lines), at_(begin), end_(end) {}

    Result<std::vector<std::pair<std::string, std::string>>> read() {
        std::vector<std::pair<std::string, std::string>> fields;
        while (at_ < end_) {
            const auto line = lines_[at_];
            if (is_blank(line) || trim(line).front() == '#') {
                ++at_;
                continue;
            }
            const auto colon = line.find(':');
            const bool is_key =
                indent_of(line) == 0 && line.front() != '-' && colon != std::string_view::npos && colon > 0 &&
                (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t');
            if (!is_key) return at_line(at_, "a line of the header is \"key: text\"");
            const std::string key(trim(line.substr(0, colon)));
            const bool twice = std::any_of(fields.begin(), fields.end(),
                                           [&](const auto& each) { return each.first == key; });
            if (twice) return at_line(at_, fmt::format("'{}' comes twice", printable(key)));
            fields.emplace_back(key, TRY(value(trim(line.substr(colon + 1)))));
        }
        return fields;
    }

private:
    // The value that begins on this line with `first`; goes behind it.
    Result<std::string> value(std::string_view first) {
        if (!first.empty() && (first.front() == '"' || first.front() == '\'')) return quoted(first);
        ++at_;
        if (!first.empty() && (first.front() == '|' || first.front() == '>')) return block(first);
        return plain(first);
    }

    // Indented lines go on with the text. Below a key without one they are a list, a map, or a text that begins there.
    std::string plain(std::string_view first) {
        std::string out(without_comment(first));
        bool structure = false;
        while (at_ < end_ && (is_blank(lines_[at_]) || indent_of(lines_[at_]) > 0 ||
                              (first.empty() && lines_[at_].starts_with("- ")))) {
            const auto line = without_comment(trim(lines_[at_]));
            ++at_;
            if (line.empty() || structure) continue;
            const auto colon = line.find(": ");
            const bool map = colon != std::string_view::npos || line.ends_with(':');
            if (first.empty() && out.empty() && (line.starts_with("- ") || line == "-" || map)) {
                structure = true;
                continue;
            }
            if (!out.empty()) out += ' ';
            out += line;
        }
        return out;
    }

    static std::string_view without_comment(std::string_view text) {
        if (text.starts_with('#')) return {};
        const auto at = text.find(" #");
        return at == std::string_view::npos ? text : trim(text.substr(0, at));
    }

    // "|" keeps line ends, ">" makes blanks of them; a "-" behind it leaves out the last one, which is done in any case.
    std::string block(std::string_view head) {
        const bool folded = head.front() == '>';
        std::vector<std::string_view> kept;
        std::size_t indent = 0;
        for (; at_ < end_ && (is_blank(lines_[at_]) || indent_of(lines_[at_]) > 0); ++at_) {
            const auto line = lines_[at_];
            if (indent == 0 && !is_blank(line)) indent = indent_of(line);
            kept.push_back(is_blank(line) ? std::string_view()
                                          : line.substr(std::min(indent, indent_of(line))));
        }
        while (!kept.empty() && kept.back().empty())
            kept.pop_back();
        std::string out;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (i > 0) out += folded && !kept[i].empty() && !kept[i - 1].empty() ? ' ' : '\n';
            out += kept[i];
        }
        return out;
    }

    Result<std::string> quoted(std::string_view first) {
        const auto begin = at_;
        const char quote = first.front();
        std::string out;
        auto rest = first.substr(1);
        for (;;) {
            std::size_t i = 0;
            for (; i < rest.size() && rest[i] != quote; ++i) {
                if (quote == '"' && rest[i] == '\\') {
                    i += add_escaped(rest.substr(i + 1), out);
                } else {
                    out += rest[i];
                }
            }
            if (i < rest.size() && quote == '\'' && rest.substr(i).starts_with("''")) {
                out += '\'';
                rest = rest.substr(i + 2);
                continue;
            }
            ++at_;
            if (i < rest.size()) {
                const auto behind = trim(rest.substr(i + 1));
                if (!behind.empty() && behind.front() != '#')
                    return at_line(at_ - 1, "nothing may stand behind the closing quotation mark");
                return out;
            }
            if (at_ >= end_) return at_line(begin, "the quotation does not end");
            rest = trim(lines_[at_]);
            out += ' ';
        }
    }

    const std::vector<std::string_view>& lines_;
    std::size_t at_;
    std::size_t end_;
};

}  // namespace

std::optional<std::string_view> FrontMatter::find(std::string_view key) const {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& each) { return each.first == key; });
    return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

Result<FrontMatter> parse_front_matter(std::string_view given) {
    if (!is_valid_utf8(given)) return Error(Code::kCorrupt, "it is no UTF-8");
    if (given.starts_with(kByteOrderMark)) given.remove_prefix(kByteOrderMark.size());
    const auto text = replace_all(given, "\r\n", "\n");
    const auto lines = split_lines(text);
    const auto is_fence = [](std::string_view line) {
        return line.starts_with(kFence) && is_blank(line.substr(kFence.size()));
    };
    if (lines.empty() || !is_fence(lines.front())) return FrontMatter{.fields = {}, .body = text};
    const auto end = std::find_if(lines.begin() + 1, lines.end(), is_fence);
    if (end == lines.end()) return at_line(0, "the header does not end: a line of \"---\" is missing");
    FrontMatter out;
    out.fields = TRY(Header(lines, 1, static_cast<std::size_t>(end - lines.begin())).read());
    const auto behind = static_cast<std::size_t>(end->data() + end->size() - text.data());
    if (behind < text.size()) out.body = text.substr(behind + 1);
    return out;
}

}  // namespace hearth::resources
