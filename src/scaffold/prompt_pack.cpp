#include "scaffold/prompt_pack.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "scaffold/source_outline.h"
#include "scaffold/suspect_lines.h"

namespace hearth::scaffold {
namespace {

std::string fenced(const ProjectFile& file, std::string_view content) {
    return fmt::format("```{}\n{}{}```\n", fence_tag_of(file.path), content,
                       content.empty() || content.back() == '\n' ? "" : "\n");
}

// The signatures of a file, and the whole text of one definition.
std::string file_outline(const ProjectFile& file, std::string_view wanted) {
    const auto lines = split_lines(file.content);
    std::string out;
    std::size_t done = 0;
    for (const auto& definition : outline(file.content, syntax_of(file.path))) {
        if (definition.first_line < done) continue;
        const bool whole = !wanted.empty() && definition.name == wanted;
        const std::size_t end = whole ? definition.end_line : definition.first_line + 1;
        for (auto n = definition.first_line; n < std::min(end, lines.size()); ++n) {
            out += lines[n];
            out += '\n';
        }
        if (!whole && !definition.is_class) out += std::string(definition.indent + 4, ' ') + "...\n";
        done = end;
    }
    return out;
}

std::string shortened(const ProjectFile& file, std::size_t room) {
    return head_and_tail(file.content, room * 2 / 3, room / 3);
}

// A README that is not named may say anything; a short one is worth its seconds.
constexpr std::size_t kShortText = 2'500;

// A function or class that the file has to get, not a method.
bool is_new(const Target& target) { return !target.missing.empty() && target.missing == target.definition; }

class Packer {
public:
    explicit Packer(const PackInput& input) : input_(input), left_(input.max_bytes) {}

    std::string run() {
        std::string end = what_fails();
        spend(input_.task.size() + end.size() + 64);
        // Tests say what is wanted, so they get up to half of the room before the other sources are cut.
        std::string tests = pack_tests(left_ / 2);
        spend(tests.size());
        std::string out(trim(input_.task));
        out += "\n\n";
        const std::string words = pack_words();
        spend(words.size());
        out += words;
        out += pack_sources();
        out += tests;
        out += end;
        return out;
    }

private:
    void spend(std::size_t bytes) { left_ -= std::min(left_, bytes); }

    std::string pack_sources() {
        std::string out;
        for (const auto& target : input_.targets) {
            const auto* file = input_.project.find(target.file);
            if (file == nullptr) continue;
            std::string text =
                fmt::format("Here is the file {}:\n{}\n", file->path, fenced(*file, file->content));
            if (text.size() > left_) {
                text = fmt::format("Here is the outline of the file {}:\n{}\n", file->path,
                                   fenced(*file, file_outline(*file, target.definition)));
            }
            if (text.size() > left_) text = fmt::format("There is also the file {}.\n\n", file->path);
            out += text;
            spend(text.size());
        }
        return out;
    }

    // What is written down for people: a text that the task, a source or a test names, and a short README or specification.
    [[nodiscard]] std::string pack_words() const {
        std::string out;
        for (const auto* file : input_.project.with_role(FileRole::kText)) {
            if (trim(file->content).empty()) continue;
            const bool named = is_named(*file);
            if (!named && !(is_specification(file->path) && file->content.size() <= kShortText)) continue;
            const auto room = left_ / 3 - std::min(left_ / 3, out.size());
            if (room < 200) break;
            const auto content = file->content.size() > room ? shortened(*file, room) : file->content;
            out += fmt::format("Here is the text {}:\n{}\n", file->path, fenced(*file, content));
        }
        return out;
    }

    [[nodiscard]] bool is_named(const ProjectFile& text) const {
        const auto name = file_name(text.path);
        if (input_.task.find(name) != std::string_view::npos) return true;
        return std::ranges::any_of(input_.project.files, [&](const ProjectFile& file) {
            return (file.role == FileRole::kSource || file.role == FileRole::kTest) &&
                   file.content.find(name) != std::string::npos;
        });
    }

    static bool is_specification(std::string_view path) {
        const auto name = to_lower_ascii(file_name(path));
        return name.starts_with("readme") || name.starts_with("spec") || name.starts_with("instructions") ||
               name.starts_with("requirements.md") || name.starts_with("task");
    }

    std::string pack_tests(std::size_t room) const {
        // Tests that the failure names come first.
        std::vector<const ProjectFile*> tests;
        std::vector<const ProjectFile*> others;
        for (const auto* file : input_.project.with_role(FileRole::kTest)) {
            const auto name = file_name(file->path);
            const bool named =
                input_.baseline.digest.find(name.substr(0, name.rfind('.'))) != std::string::npos;
            (named ? tests : others).push_back(file);
        }
        tests.insert(tests.end(), others.begin(), others.end());
        std::string out;
        for (const auto* file : tests) {
            if (trim(file->content).empty()) continue;
            const std::size_t rest = room - std::min(room, out.size());
            if (rest < 200) break;
            const auto content = file->content.size() > rest ? shortened(*file, rest) : file->content;
            out += fmt::format("Here is the test file {}. It is right and must not change:\n{}\n", file->path,
                               fenced(*file, content));
        }
        return out;
    }

    [[nodiscard]] std::string what_fails() const {
        if (input_.test_command.empty() || input_.baseline.green) return {};
        // Of what has yet to be written, it says no more than the tests do, and takes as long to read.
        const bool unwritten =
            !input_.targets.empty() && input_.targets.front().stub && input_.targets.front().missing.empty();
        if (unwritten) return fmt::format("`{}` has to pass.\n", input_.test_command);
        return fmt::format("Running `{}` fails:\n```\n{}```\n", input_.test_command, input_.baseline.digest);
    }

    const PackInput& input_;
    std::size_t left_;
};

std::string definition_tail(const Target& target, std::string_view tag) {
    if (is_new(target)) {
        return fmt::format(
            "\nReply with `{}`, which {} lacks, in one {} code block. Do not repeat the rest of the file.",
            target.definition, target.file, tag);
    }
    if (!target.missing.empty()) {
        return fmt::format(
            "\nReply with the class `{}` from {} with nothing but its new method `{}` in one {} code block. "
            "Do not repeat the rest of the class.",
            target.definition, target.file, target.missing, tag);
    }
    return fmt::format(
        "\nReply with the complete new version of `{}` from {} in one {} code block. Do not repeat the rest "
        "of the file.",
        target.definition, target.file, tag);
}

std::string explained_tail(const Target& target, std::string_view tag) {
    const bool whole = is_blank(target) || (target.unwritten > 1 && target.missing.empty());
    const auto what =
        is_new(target)            ? fmt::format("`{}`, which {} lacks,", target.definition, target.file)
        : !target.missing.empty() ? fmt::format("the class `{}` with nothing but its new method `{}`",
                                                target.definition, target.missing)
        : whole                   ? fmt::format("the complete new content of {}", target.file)
        : !target.certain
            ? fmt::format("the complete new version of the function or method to change in {}", target.file)
            : fmt::format("the complete new version of `{}` from {}", target.definition, target.file);
    return fmt::format("\nFirst say in one or two sentences {}. Then give {} in one {} code block.",
                       target.stub ? "how it has to work so that every case of the tests comes out right"
                                   : "what is wrong and what the right behaviour is",
                       what, tag);
}

}  // namespace

std::string_view text_system_prompt() {
    return "You are an expert programmer. You change code so that it does what the task and its tests ask, "
           "with the smallest "
           "change that is right in general. Keep all names and signatures. Write complete code, never "
           "placeholders.";
}

std::string build_pack(const PackInput& input) { return Packer(input).run(); }

FormText form_text(AnswerForm form, const Target& target, const Project& project) {
    const auto tag = fence_tag_of(target.file);
    const auto* file = project.find(target.file);
    // A file that holds fences itself cannot be ended by one.
    const bool has_fences = file != nullptr && file->content.find("```") != std::string::npos;
    std::vector<std::string> stop;
    if (!has_fences) stop.emplace_back("\n```");
    const auto opening = fmt::format("```{}\n", tag);
    switch (form) {
        case AnswerForm::kWholeFile:
            return {fmt::format("\nReply with the complete new content of {} in one {} code block.",
                                target.file, tag),
                    opening, stop};
        case AnswerForm::kDefinition: return {definition_tail(target, tag), opening, stop};
        case AnswerForm::kOneDefinition:
            return {fmt::format("\nFind the function or method of {} that is wrong. Reply with its complete "
                                "new version in one "
                                "{} code block. Do not repeat the rest of the file.",
                                target.file, tag),
                    opening, stop};
        case AnswerForm::kLine:
            return {fmt::format("\nOne line of {} is wrong. Suppose that it is this "
                                "line:\n```{}\n{}\n```\nWrite the corrected line in "
                                "one {} code block. It must differ from the old line.",
                                target.file, tag, line_of(project, target), tag),
                    opening, stop};
        case AnswerForm::kExplainFirst: return {explained_tail(target, tag), {}, {}};
        case AnswerForm::kAnyFiles:
            return {
                "\nReply with every file that you change or add: its name on a line of its own, then its "
                "complete new content in a code block.",
                {},
                {}};
    }
    return {};
}

}  // namespace hearth::scaffold
