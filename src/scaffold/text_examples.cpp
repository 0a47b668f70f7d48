#include "scaffold/text_examples.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "scaffold/detail/literals.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

using detail::Names;

constexpr std::size_t kMostExamples = 40;

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

std::string_view left_trim(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

// Takes a word or sign from the start of the text, and the spaces before it.
bool take(std::string_view& text, std::string_view front) {
    const auto rest = left_trim(text);
    if (!rest.starts_with(front)) return false;
    text = rest.substr(front.size());
    return true;
}

std::string assertion(ProbeLanguage language, std::string_view call, std::string_view value) {
    if (language == ProbeLanguage::kPython) return fmt::format("assert {} == {}", call, value);
    return fmt::format("assert.deepStrictEqual({}, {});", call, value);
}

// What may end a value in a sentence: nothing that could make it another one ("3 items", "1-based").
bool ends_value(std::string_view rest) {
    const auto after = left_trim(rest);
    return after.empty() || std::string_view("`.,;)#|\"'").find(after[0]) != std::string_view::npos ||
           after.starts_with("//") || after.starts_with("(");
}

std::optional<std::string_view> value_at(std::string_view text) {
    const bool quoted = take(text, "`");
    text = left_trim(text);
    const auto bytes = detail::literal_bytes(text);
    if (bytes == 0) return {};
    const auto rest = text.substr(bytes);
    if (quoted ? !rest.starts_with('`') : !ends_value(rest)) return {};
    return text.substr(0, bytes);
}

// The value that the text behind a call says it has.
std::optional<std::string_view> value_behind(std::string_view before, std::string_view after) {
    // assertEqual(call, value), strictEqual(call, value)
    if (before.ends_with("qual(") || before.ends_with("quals(")) {
        if (!take(after, ",")) return {};
        after = left_trim(after);
        const auto bytes = detail::literal_bytes(after);
        if (bytes == 0 || !std::string_view("),").contains(after.substr(bytes, 1))) return {};
        return after.substr(0, bytes);
    }
    if (before.ends_with("expect(")) {
        for (const std::string_view matcher : {").toBe(", ").toEqual(", ").toStrictEqual("})
            if (take(after, matcher)) return value_at(after);
        return {};
    }
    take(after, "`");
    bool said = false;
    for (const std::string_view sign : {"#", "//"})
        said = take(after, sign) || said;
    for (const std::string_view word : {"===",
                                        "==",
                                        "=>",
                                        "->",
                                        "\xe2\x86\x92",
                                        "\xe2\x87\x92",
                                        "=",
                                        "should return",
                                        "should give",
                                        "should be",
                                        "must return",
                                        "must give",
                                        "must be",
                                        "will return",
                                        "returns",
                                        "return",
                                        "gives",
                                        "yields",
                                        "evaluates to",
                                        "is"}) {
        if (!take(after, word)) continue;
        if (is_word(word.back()) && !after.starts_with(' ') && !after.starts_with(':')) return {};
        said = true;
        break;
    }
    if (!said) return {};
    take(after, ":");
    return value_at(after);
}

class Finder {
public:
    Finder(const Project& project, ProbeLanguage language) : language_(language) {
        for (const auto* file : project.with_role(FileRole::kSource)) {
            if (probe_language_of(file->path) != language) continue;
            for (const auto& definition : outline(file->content, syntax_of(file->path)))
                if (!definition.is_nested) names_.insert(definition.name);
        }
    }

    void read(std::string_view text, bool only_sessions) {
        const auto lines = split_lines(text);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (trim(lines[i]).starts_with(">>> ")) {
                i = read_session(lines, i);
            } else if (!only_sessions) {
                read_line(lines[i]);
            }
        }
    }

    std::vector<std::string> take_all() && { return std::move(found_); }

private:
    void add(std::string example) {
        if (found_.size() < kMostExamples && std::ranges::find(found_, example) == found_.end())
            found_.push_back(std::move(example));
    }

    void read_line(std::string_view line) {
        for (const auto& name : names_) {
            for (auto at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
                if (at > 0 && (is_word(line[at - 1]) || line[at - 1] == '.')) continue;
                read_call(line, at, name.size());
            }
        }
    }

    void read_call(std::string_view line, std::size_t at, std::size_t name_bytes) {
        const auto rest = line.substr(at + name_bytes);
        if (!rest.starts_with('(')) return;
        const auto bytes = detail::bracket_bytes(rest);
        if (bytes == 0) return;
        auto before = line.substr(0, at);
        if (before.ends_with("new ")) before.remove_suffix(4);
        const auto call = line.substr(at, name_bytes + bytes);
        if (!detail::is_written_out(call, names_)) return;
        if (const auto value = value_behind(before, line.substr(at + call.size())))
            add(assertion(language_, call, *value));
    }

    // From ">>> " to the blank line or fence that ends it: one test. Returns its last line.
    std::size_t read_session(const std::vector<std::string_view>& lines, std::size_t first) {
        std::string body;
        bool checks = false;
        bool knows = false;  // uses something of this project
        std::size_t i = first;
        while (i < lines.size() && trim(lines[i]).starts_with(">>> ")) {
            std::string code(trim(lines[i]).substr(4));
            for (++i; i < lines.size() && trim(lines[i]).starts_with("... "); ++i)
                code += "\n    " + std::string(trim(lines[i]).substr(4));
            std::vector<std::string_view> said;
            for (; i < lines.size(); ++i) {
                const auto line = trim(lines[i]);
                if (line.empty() || line.starts_with(">>>") || line.starts_with("```") ||
                    line.starts_with("\"\"\""))
                    break;
                said.push_back(line);
            }
            knows = knows || std::ranges::any_of(names_, [&](const std::string& name) {
                        return code.find(name) != std::string::npos;
                    });
            const bool value = said.size() == 1 && detail::literal_bytes(said[0]) == said[0].size();
            // What else is printed may be anything; such a line only does what it does.
            body += value ? fmt::format("    assert ({}) == ({})\n", code, said[0])
                          : fmt::format("    {}\n", code);
            checks = checks || value;
        }
        if (checks && knows && language_ == ProbeLanguage::kPython) add("def test_session():\n" + body);
        return i - 1;
    }

    ProbeLanguage language_;
    Names names_;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> text_examples(const Project& project, std::string_view task,
                                       ProbeLanguage language) {
    Finder finder(project, language);
    finder.read(task, false);
    for (const auto* file : project.with_role(FileRole::kText))
        finder.read(file->content, false);
    // The code of a source says "area(2, 3) == 6" for other reasons; its sessions are examples.
    for (const auto* file : project.with_role(FileRole::kSource))
        if (probe_language_of(file->path) == language) finder.read(file->content, true);
    return std::move(finder).take_all();
}

}  // namespace hearth::scaffold
