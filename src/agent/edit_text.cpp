#include "agent/edit_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "core/text.h"

namespace hearth::agent {
namespace {

std::string_view right_trimmed(std::string_view line) {
    const auto end = line.find_last_not_of(" \t\r");
    return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

std::string_view indentation(std::string_view line) {
    return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

using Lines = std::vector<std::string_view>;
using SameLine = bool (*)(std::string_view, std::string_view);

// First lines of the places where `wanted` stands line by line.
std::vector<std::size_t> places_of(const Lines& lines, const Lines& wanted, SameLine same) {
    std::vector<std::size_t> places;
    for (std::size_t n = 0; n + wanted.size() <= lines.size(); ++n) {
        bool equal = true;
        for (std::size_t i = 0; equal && i < wanted.size(); ++i)
            equal = same(lines[n + i], wanted[i]);
        if (equal) places.push_back(n);
    }
    return places;
}

std::string several_places(const std::vector<std::size_t>& places) {
    std::string numbers;
    for (const auto place : places)
        numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", place + 1);
    return fmt::format("the text to replace stands at {} places (lines {}); quote more lines around it",
                       places.size(), numbers);
}

constexpr std::size_t kComparedBytes = 160;  // of a line, and
constexpr std::size_t kComparedLines = 8;    // of the quoted text, when the nearest place is searched
constexpr std::size_t kShownBytes = 200;     // of a line in an error

// How alike two lines are: the share of the characters of one that are found in order in the other.
double likeness(std::string_view a, std::string_view b) {
    a = trim(a.substr(0, kComparedBytes));
    b = trim(b.substr(0, kComparedBytes));
    if (a.empty() || b.empty()) return 0;
    if (a == b) return 1;
    std::size_t at = 0;
    std::size_t hits = 0;
    for (const char c : a) {
        const auto found = b.find(c, at);
        if (found == std::string_view::npos) continue;
        ++hits;
        at = found + 1;
    }
    return static_cast<double>(hits) / static_cast<double>(std::max(a.size(), b.size()));
}

std::string nearest_lines(const Lines& lines, const Lines& wanted) {
    double best = -1;
    std::size_t where = 0;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        double sum = 0;
        for (std::size_t i = 0; i < std::min(wanted.size(), kComparedLines) && n + i < lines.size(); ++i)
            sum += likeness(lines[n + i], wanted[i]);
        if (sum > best) {
            best = sum;
            where = n;
        }
    }
    std::string out;
    const std::size_t from = where > 2 ? where - 2 : 0;
    const std::size_t to = std::min(lines.size(), where + std::max<std::size_t>(wanted.size(), 4) + 2);
    for (std::size_t n = from; n < std::min(to, from + 20); ++n)
        out += fmt::format("{:>5}  {}\n", n + 1, to_valid_utf8(lines[n].substr(0, kShownBytes)));
    return out;
}

// The new text with the indentation by which the found place differs from the quoted text.
std::string reindented(const Lines& lines, std::string_view quoted, std::string_view found) {
    std::string out;
    for (const auto line : lines) {
        if (trim(line).empty()) {
            out += '\n';
            continue;
        }
        auto rest = line;
        if (rest.starts_with(quoted)) {
            rest.remove_prefix(quoted.size());
            out += found;
        }
        out += rest;
        out += '\n';
    }
    return out;
}

std::string replace_lines(const Lines& lines, std::size_t first, std::size_t count, std::string_view text,
                          bool final_newline) {
    std::string out;
    for (std::size_t n = 0; n < first; ++n)
        out += std::string(lines[n]) + "\n";
    out += text;
    if (!text.empty() && text.back() != '\n') out += '\n';
    for (std::size_t n = first + count; n < lines.size(); ++n)
        out += std::string(lines[n]) + "\n";
    if (!final_newline && !out.empty()) out.pop_back();
    return out;
}

Result<std::string> edit_lf(std::string_view content, std::string_view old_text, std::string_view new_text) {
    if (const auto at = content.find(old_text); at != std::string_view::npos) {
        if (content.find(old_text, at + 1) == std::string_view::npos) {
            return fmt::format("{}{}{}", content.substr(0, at), new_text,
                               content.substr(at + old_text.size()));
        }
        std::vector<std::size_t> places;
        for (auto next = at; next != std::string_view::npos; next = content.find(old_text, next + 1)) {
            places.push_back(static_cast<std::size_t>(
                std::count(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(next), '\n')));
        }
        return Error(Code::kConflict, several_places(places));
    }
    const auto lines = split_lines(content);
    auto wanted = split_lines(old_text);
    auto given = split_lines(new_text);
    // Blank lines around the quoted text say nothing; what stands for them in the new text goes too.
    while (!wanted.empty() && trim(wanted.front()).empty()) {
        wanted.erase(wanted.begin());
        if (!given.empty() && trim(given.front()).empty()) given.erase(given.begin());
    }
    while (!wanted.empty() && trim(wanted.back()).empty()) {
        wanted.pop_back();
        if (!given.empty() && trim(given.back()).empty()) given.pop_back();
    }
    const bool final_newline = content.ends_with('\n');
    constexpr SameLine kRightTrimmed = [](std::string_view a, std::string_view b) {
        return right_trimmed(a) == right_trimmed(b);
    };
    constexpr SameLine kTrimmed = [](std::string_view a, std::string_view b) { return trim(a) == trim(b); };
    for (const auto same : {kRightTrimmed, kTrimmed}) {
        if (wanted.empty()) break;
        const auto places = places_of(lines, wanted, same);
        if (places.size() > 1) return Error(Code::kConflict, several_places(places));
        if (places.empty()) continue;
        const auto text = reindented(given, indentation(wanted.front()), indentation(lines[places.front()]));
        return replace_lines(lines, places.front(), wanted.size(), text, final_newline);
    }
    return Error(Code::kNotFound,
                 fmt::format("the text to replace is not in the file. The nearest lines are:\n{}",
                             nearest_lines(lines, wanted)));
}

}  // namespace

Result<std::string> edit_text(std::string_view content, std::string_view old_text,
                              std::string_view new_text) {
    if (trim(old_text).empty())
        return Error(Code::kInvalidInput, "the text to replace is empty; quote the lines to change");
    if (old_text == new_text) return Error(Code::kInvalidInput, "the new text equals the old one");
    // A file with ends of both kinds is changed as it is.
    const auto line_feeds = std::count(content.begin(), content.end(), '\n');
    const auto plain = replace_all(content, "\r\n", "\n");
    const bool crlf = line_feeds > 0 && content.size() == plain.size() + static_cast<std::size_t>(line_feeds);
    if (!crlf)
        return edit_lf(content, replace_all(old_text, "\r\n", "\n"), replace_all(new_text, "\r\n", "\n"));
    const auto edited =
        TRY(edit_lf(plain, replace_all(old_text, "\r\n", "\n"), replace_all(new_text, "\r\n", "\n")));
    return replace_all(edited, "\n", "\r\n");
}

}  // namespace hearth::agent
