#include "scaffold/code_blocks.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

// A file name in a line, and whether the line says nothing else.
struct NamedFile {
    std::string name;
    bool alone = false;
};

std::string_view trim_marks(std::string_view word) {
    constexpr std::string_view kMarks = "`*#:\"'(),=";
    while (!word.empty() && kMarks.find(word.front()) != std::string_view::npos)
        word.remove_prefix(1);
    while (!word.empty() && (kMarks.find(word.back()) != std::string_view::npos || word.back() == '.'))
        word.remove_suffix(1);
    return word;
}

// A word with a dot and an extension, such as "src/wrap.cpp".
std::string as_file_name(std::string_view word) {
    word = trim_marks(word);
    for (const std::string_view prefix : {"file=", "path=", "title=", "filename="}) {
        if (word.starts_with(prefix)) return as_file_name(word.substr(prefix.size()));
    }
    const auto dot = word.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == word.size() || word.size() - dot > 6)
        return {};
    const bool extension = std::isalpha(static_cast<unsigned char>(word[dot + 1])) != 0;
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_-./").find(c) != std::string_view::npos;
    });
    return extension && plain ? std::string(word) : std::string();
}

NamedFile file_in(std::string_view line) {
    NamedFile found;
    int words = 0;
    for (const auto word : split(trim(line), ' ')) {
        if (word.find_first_not_of("`*#:->=") == std::string_view::npos) continue;
        const auto letters = trim_marks(word);
        if (to_lower_ascii(letters) == "file" || to_lower_ascii(letters) == "filename") continue;  // "File:"
        ++words;
        if (found.name.empty()) found.name = as_file_name(word);
    }
    found.alone = words == 1 && !found.name.empty();
    return found;
}

std::size_t spaces_before(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

// The fence that a line starts with: three or more of one sign.
std::string_view fence_of(std::string_view text) {
    if (!text.starts_with("```") && !text.starts_with("~~~")) return {};
    return text.substr(0, std::min(text.find_first_not_of(text.front()), text.size()));
}

class Reader {
public:
    explicit Reader(bool starts_inside) {
        if (starts_inside) open_.emplace();
    }

    std::vector<CodeBlock> run(std::string_view answer) {
        for (auto line : split_lines(answer)) {
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (open_) {
                inside(line);
            } else {
                outside(line);
            }
        }
        if (open_ && !trim(open_->code).empty()) {
            open_->closed = false;
            finish();
        }
        return std::move(blocks_);
    }

private:
    void outside(std::string_view line) {
        const auto text = trim(line);
        const auto fence = fence_of(text);
        const auto info = trim(text.substr(fence.size()));
        // `a` in ```a``` is text in a line.
        if (fence.empty() || info.find('`') != std::string_view::npos) {
            if (!text.empty()) above_ = file_in(text);
            return;
        }
        fence_ = fence;
        indent_ = spaces_before(line);
        nested_ = 0;
        open_.emplace();
        open_->tag = to_lower_ascii(info.substr(0, info.find_first_of(" {:,")));
        auto named = file_in(info);
        if (named.name.empty()) named = above_;
        open_->file = named.name;
        open_->file_stands_alone = named.alone || (!info.empty() && !file_in(info).name.empty());
        above_ = {};
    }

    void inside(std::string_view line) {
        const auto text = trim(line);
        const auto fence = fence_of(text);
        const bool same_sign =
            !fence.empty() && fence.front() == fence_.front() && fence.size() >= fence_.size();
        // A fence far to the right belongs to the code, for example in a docstring.
        if (same_sign && spaces_before(line) <= indent_ + 3) {
            const bool bare = fence.size() == text.size();
            const bool markdown = open_->tag == "markdown" || open_->tag == "md";
            if (bare && nested_ == 0) {
                finish();
                return;
            }
            if (bare) {
                --nested_;
            } else if (markdown) {
                ++nested_;
            }
        }
        open_->code += line.substr(std::min(indent_, spaces_before(line)));
        open_->code += '\n';
    }

    void finish() {
        if (open_->file.empty()) {
            const std::string_view code = open_->code;
            open_->file = file_comment(code.substr(0, code.find('\n')));
            open_->file_stands_alone = !open_->file.empty();
        }
        blocks_.push_back(std::move(*open_));
        open_.reset();
        above_ = {};
    }

    std::vector<CodeBlock> blocks_;
    std::optional<CodeBlock> open_;
    std::string_view fence_ = "```";
    std::size_t indent_ = 0;
    int nested_ = 0;
    NamedFile above_;
};

}  // namespace

std::vector<CodeBlock> code_blocks(std::string_view answer, bool starts_inside) {
    return Reader(starts_inside).run(answer);
}

std::string file_comment(std::string_view line) {
    auto text = trim(line);
    for (const std::string_view opening : {"//", "#", "--", "/*", "<!--"}) {
        if (!text.starts_with(opening)) continue;
        text.remove_prefix(opening.size());
        for (const std::string_view closing : {"*/", "-->"}) {
            if (text.ends_with(closing)) text.remove_suffix(closing.size());
        }
        const auto named = file_in(text);
        return named.alone ? named.name : std::string();
    }
    return {};
}

std::string answer_text(std::string_view opening, std::string_view generated) {
    // Engines differ: some send the given start again as the first piece of the answer.
    const bool repeated = !opening.empty() && generated.starts_with(trim(opening));
    std::string text(repeated ? "" : opening);
    text += generated;
    const auto blocks = code_blocks(text);
    if (!blocks.empty() && !blocks.back().closed) text += text.back() == '\n' ? "```" : "\n```";
    return text;
}

}  // namespace hearth::scaffold
