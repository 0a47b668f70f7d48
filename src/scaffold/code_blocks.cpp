#include "scaffold/code_blocks.h"

#include <cctype>
#include <optional>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

// A word with a dot and an extension, such as "src/wrap.cpp", in a line of a few words.
std::string file_name_in(std::string_view line) {
    for (auto word : split(line, ' ')) {
        while (!word.empty() && std::string_view("`*#:\"'(),").find(word.front()) != std::string_view::npos)
            word.remove_prefix(1);
        while (!word.empty() && std::string_view("`*#:\"'(),.").find(word.back()) != std::string_view::npos)
            word.remove_suffix(1);
        const auto dot = word.rfind('.');
        if (dot == std::string_view::npos || dot == 0 || dot + 1 == word.size() || word.size() - dot > 6)
            continue;
        bool letters = std::isalpha(static_cast<unsigned char>(word[dot + 1])) != 0;
        for (const char c : word) {
            letters = letters && (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                                  std::string_view("_-./").find(c) != std::string_view::npos);
        }
        if (letters) return std::string(word);
    }
    return {};
}

}  // namespace

std::vector<CodeBlock> code_blocks(std::string_view answer, bool starts_inside) {
    std::vector<CodeBlock> blocks;
    std::optional<CodeBlock> open;
    if (starts_inside) open.emplace();
    std::string_view fence = "```";
    std::string_view above;
    for (const auto line : split_lines(answer)) {
        const auto text = trim(line);
        if (open) {
            if (text == fence) {
                blocks.push_back(std::move(*open));
                open.reset();
            } else {
                open->code += line;
                open->code += '\n';
            }
        } else if (text.starts_with("```")) {
            open.emplace();
            const auto ticks = text.find_first_not_of('`');
            fence = text.substr(0, ticks);
            const auto info = ticks == std::string_view::npos ? std::string_view() : trim(text.substr(ticks));
            open->tag = to_lower_ascii(info.substr(0, info.find(' ')));
            open->file = file_name_in(info);
            if (open->file.empty()) open->file = file_name_in(above);
        } else if (!text.empty()) {
            above = text;
        }
    }
    if (open && !trim(open->code).empty()) {
        open->closed = false;
        blocks.push_back(std::move(*open));
    }
    return blocks;
}

}  // namespace hearth::scaffold
