#include "eval/delexicalise.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <string_view>

#include "core/text.h"
#include "eval/detail/code_tokens.h"
#include "eval/detail/defined_names.h"
#include "eval/detail/markdown_parts.h"
#include "eval/detail/nonsense.h"

namespace hearth::eval {
namespace {

using detail::CodeLanguage;
using detail::CodeToken;
using detail::TokenKind;

// Files that tools find by their names.
constexpr std::array<std::string_view, 12> kToolStems = {"__init__", "__main__", "conftest", "setup",
                                                         "main",     "index",    "package",  "CMakeLists",
                                                         "Makefile", "tests",    "test",     "tsconfig"};

struct PathParts {
    std::string_view folder;  // with its '/'
    std::string_view stem;    // up to the first point
    std::string_view rest;    // ".test.js"
};

PathParts parts_of(std::string_view path) {
    const auto slash = path.rfind('/');
    const auto start = slash == std::string_view::npos ? 0 : slash + 1;
    const auto point = std::min(path.find('.', start), path.size());
    return {path.substr(0, start), path.substr(start, point - start), path.substr(point)};
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) > 0x7F;
}

using Names = std::map<std::string, std::string>;

// Tells of each whole word and where it ends.
template <typename Tell>
void for_each_word(std::string_view text, const Tell& tell) {
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        while (end < text.size() && is_word_char(text[end]))
            ++end;
        if (end > at) tell(std::string(text.substr(at, end - at)), end);
        at = std::max(end, at + 1);
    }
}

// Words that are names in the map, wherever they stand whole and `accepts` them.
template <typename Accepts>
std::string replace_words(std::string_view text, const Names& names, const Accepts& accepts) {
    std::string result;
    std::size_t copied = 0;
    for_each_word(text, [&](const std::string& word, std::size_t end) {
        const auto found = names.find(word);
        if (found == names.end() || !accepts(word, end)) return;
        const auto start = end - word.size();
        result += text.substr(copied, start - copied);
        result += found->second;
        copied = end;
    });
    result += text.substr(copied);
    return result;
}

// A word of prose that can be nothing but a name: "read_meter", "total(". Not "meter(s)".
bool is_name_by_form(std::string_view text, const std::string& word, std::size_t end) {
    const auto rest = text.substr(end, 3);
    return (rest.starts_with('(') && rest != "(s)") || detail::identifier_words(word).size() > 1;
}

class Renamer {
public:
    Renamer(const CodeTask& task, CodeLanguage language) : task_(task), language_(language) {
        for (const auto* files : {&task.work, &task.tests, &task.solution})
            for (const auto& file : *files)
                files_.push_back(&file);
    }

    Status find_names(std::uint64_t seed) {
        std::set<std::string> stems;
        for (const auto* file : files_) {
            if (!detail::is_source_path(file->path, language_)) continue;
            const auto parts = parts_of(file->path);
            stems.emplace(parts.stem);
            extensions_.emplace(parts.rest);
        }
        std::set<std::string> defined = stems;
        std::set<std::string> kept;
        std::set<std::string> taken;
        for (const auto* file : files_) {
            if (!detail::is_source_path(file->path, language_)) continue;
            const auto tokens = detail::code_tokens(file->content, language_);
            auto found = detail::code_names(tokens, language_, stems);
            defined.merge(found.defined);
            kept.merge(found.foreign);
            kept.merge(found.literal);
            for (const auto& token : tokens) {
                if (token.kind != TokenKind::kWord) continue;
                const auto words = detail::identifier_words(token.text);
                for (const auto& word : words)
                    taken.insert(to_lower_ascii(word));
            }
        }
        kept.merge(told_as_words());
        std::erase_if(defined, [&](const std::string& name) {
            return kept.contains(name) || detail::is_library_name(name, language_) ||
                   std::ranges::find(kToolStems, name) != kToolStems.end();
        });
        names_ = detail::nonsense_names(defined, taken, {"test", "tests"}, seed);
        if (names_.empty()) return Error(Code::kInvalidInput, "nothing in this task has a name of its own");
        return check_strings();
    }

    [[nodiscard]] const Names& names() const { return names_; }

    // For the instructions. A plain word that neither work/ shows nor the tests ask for is a placeholder there ("`kind weight`"),
    // whatever the solution calls by the same word, and nonsense in its place would only hide what is meant.
    [[nodiscard]] Renamer for_reader() const {
        auto seen = words_in(task_.work);
        const auto solution = words_in(task_.solution);
        for (const auto& word : words_in(task_.tests))
            if (solution.contains(word)) seen.insert(word);
        for (const auto* file : files_)
            if (detail::is_source_path(file->path, language_)) seen.emplace(parts_of(file->path).stem);
        auto reader = *this;
        std::erase_if(reader.names_, [&](const auto& name) {
            return !seen.contains(name.first) && detail::identifier_words(name.first).size() == 1;
        });
        return reader;
    }

    [[nodiscard]] std::vector<CodeFile> files(const std::vector<CodeFile>& from) const {
        std::vector<CodeFile> renamed;
        for (const auto& file : from) {
            const bool source = detail::is_source_path(file.path, language_);
            renamed.push_back(
                {path(file.path), source ? code(file.content) : file_names(file.content), file.executable});
        }
        return renamed;
    }

    // Only source files have names that the sources refer to.
    [[nodiscard]] std::string path(const std::string& old) const {
        if (!detail::is_source_path(old, language_)) return old;
        const auto parts = parts_of(old);
        return fmt::format("{}{}{}", parts.folder, stem(parts.stem), parts.rest);
    }

    [[nodiscard]] std::string file_names(std::string_view text) const {
        return replace_words(text, names_, [&](const std::string& /*word*/, std::size_t end) {
            return std::ranges::any_of(extensions_, [&](const std::string& extension) {
                const bool whole =
                    end + extension.size() >= text.size() || !is_word_char(text[end + extension.size()]);
                return text.substr(end, extension.size()) == extension && whole;
            });
        });
    }

    [[nodiscard]] std::string code(std::string_view text) const {
        const auto tokens = detail::code_tokens(text, language_);
        std::string result;
        bool statement_start = true;
        for (const auto& token : tokens) {
            result += renamed(token, statement_start);
            if (token.kind == TokenKind::kLineEnd) statement_start = true;
            if (token.kind != TokenKind::kLineEnd && token.kind != TokenKind::kSpace) statement_start = false;
        }
        return result;
    }

    // Markdown: code in backticks and fences is code, names that cannot be words are renamed in prose too.
    [[nodiscard]] std::string prose(std::string_view text) const {
        std::string result;
        for (const auto& part : detail::markdown_parts(text))
            result += part.is_code ? code(part.text) : plain_prose(part.text);
        return result;
    }

private:
    // Tests that change the text of sources have pieces of it in strings, where names stay.
    Status check_strings() const {
        std::string all_code;
        for (const auto* file : files_) {
            const auto tokens = detail::code_tokens(file->content, language_);
            for (const auto& token : tokens)
                all_code +=
                    token.kind == TokenKind::kString || token.kind == TokenKind::kComment ? "\n" : token.text;
        }
        for (const auto* file : files_) {
            const auto tokens = detail::code_tokens(file->content, language_);
            for (const auto& token : tokens) {
                const auto content = token.kind == TokenKind::kString ? detail::string_content(token.text)
                                                                      : std::string_view();
                const bool several =
                    content.size() > 5 && content.find_first_of("()=<>+*;") != std::string_view::npos;
                if (!several || token.has_code || !all_code.contains(content) || code(content) == content)
                    continue;
                return Error(Code::kUnsupported,
                             fmt::format("{} has a piece of source in a string, where names stay: {}",
                                         printable(file->path), printable(content)));
            }
        }
        return {};
    }

    [[nodiscard]] std::set<std::string> words_in(std::string_view text) const {
        std::set<std::string> words;
        const auto tokens = detail::code_tokens(text, language_);
        for (const auto& token : tokens)
            if (token.kind == TokenKind::kWord) words.emplace(token.text);
        return words;
    }

    [[nodiscard]] std::set<std::string> words_in(const std::vector<CodeFile>& files) const {
        std::set<std::string> words;
        for (const auto& file : files)
            if (detail::is_source_path(file.path, language_)) words.merge(words_in(file.content));
        return words;
    }

    // Names that the tests ask for, that work/ does not show and that the instructions tell as plain words only. Prose is not
    // renamed, so under other names nobody could know them.
    [[nodiscard]] std::set<std::string> told_as_words() const {
        std::set<std::string> told;
        std::set<std::string> known = words_in(task_.work);
        for (const auto& part : detail::markdown_parts(task_.instructions)) {
            if (part.is_code) {
                known.merge(words_in(part.text));
                continue;
            }
            for_each_word(part.text, [&](std::string word, std::size_t end) {
                (is_name_by_form(part.text, word, end) ? known : told).insert(std::move(word));
            });
        }
        const auto tests = words_in(task_.tests);
        const auto solution = words_in(task_.solution);
        std::erase_if(told, [&](const std::string& word) {
            return known.contains(word) || !tests.contains(word) || !solution.contains(word);
        });
        return told;
    }

    [[nodiscard]] std::string stem(std::string_view old) const {
        const auto found = names_.find(std::string(old));
        return found == names_.end() ? std::string(old) : found->second;
    }

    [[nodiscard]] std::string plain_prose(std::string_view text) const {
        const auto named = file_names(text);
        return replace_words(named, names_, [&](const std::string& word, std::size_t end) {
            return is_name_by_form(named, word, end);
        });
    }

    [[nodiscard]] std::string renamed(const CodeToken& token, bool statement_start) const {
        switch (token.kind) {
            case TokenKind::kWord: return stem(token.text);
            case TokenKind::kComment: return prose(token.text);
            case TokenKind::kString:
                if (statement_start && detail::is_triple_quoted(token.text)) return prose(token.text);
                return token.has_code ? string_with_code(token.text) : string(token.text);
            default: return std::string(token.text);
        }
    }

    // Strings stay, but for names of files and for module paths.
    [[nodiscard]] std::string string(std::string_view text) const {
        auto result = file_names(text);
        const auto content = detail::string_content(text);
        const bool module = language_ == CodeLanguage::kJavaScript &&
                            (content.starts_with("./") || content.starts_with("../"));
        if (!module || content.find('.', content.rfind('/')) != std::string_view::npos) return result;
        const auto slash = text.rfind('/');
        return fmt::format("{}{}{}", text.substr(0, slash + 1),
                           stem(text.substr(slash + 1, text.size() - slash - 2)),
                           text.substr(text.size() - 1));
    }

    // f"…{code!r:>5}…" and `…${code}…`.
    [[nodiscard]] std::string string_with_code(std::string_view text) const {
        const std::string_view opening = language_ == CodeLanguage::kPython ? "{" : "${";
        std::string result;
        std::size_t at = 0;
        while (at < text.size()) {
            const auto open = text.find(opening, at);
            if (open == std::string_view::npos) return result + file_names(text.substr(at));
            if (language_ == CodeLanguage::kPython && text.substr(open, 2) == "{{") {
                result += file_names(text.substr(at, open + 2 - at));
                at = open + 2;
                continue;
            }
            const auto start = open + opening.size();
            const auto end = end_of_code(text, start);
            result += file_names(text.substr(at, start - at));
            result += code(text.substr(start, end - start));
            at = end;
        }
        return result;
    }

    // The brace that closes, or for Python the ":" or "!" before a format.
    [[nodiscard]] std::size_t end_of_code(std::string_view text, std::size_t at) const {
        std::size_t depth = 0;
        for (; at < text.size(); ++at) {
            const char c = text[at];
            if (c == '{' || c == '(' || c == '[') ++depth;
            const bool closes = c == '}' || c == ')' || c == ']';
            if (closes && depth == 0) return at;
            if (closes) --depth;
            const bool format = c == ':' || (c == '!' && text.substr(at, 2) != "!=");
            if (format && depth == 0 && language_ == CodeLanguage::kPython) return at;
        }
        return text.size();
    }

    const CodeTask& task_;
    CodeLanguage language_;
    std::vector<const CodeFile*> files_;
    std::set<std::string> extensions_;
    Names names_;
};

}  // namespace

Result<DelexicalisedTask> delexicalise(const CodeTask& task, std::uint64_t seed) {
    const auto language = detail::code_language(task.language);
    if (!language) {
        return Error(Code::kUnsupported,
                     fmt::format("names can be replaced in python, cpp, c and javascript, not in '{}'",
                                 printable(task.language)));
    }
    Renamer renamer(task, *language);
    TRY(renamer.find_names(seed));
    DelexicalisedTask result{.task = {.language = task.language}, .names = renamer.names()};
    result.task.instructions = renamer.for_reader().prose(task.instructions);
    result.task.test_command = renamer.file_names(task.test_command);
    for (const auto& path : task.solution_files)
        result.task.solution_files.push_back(renamer.path(path));
    result.task.work = renamer.files(task.work);
    result.task.tests = renamer.files(task.tests);
    result.task.solution = renamer.files(task.solution);
    return result;
}

}  // namespace hearth::eval
