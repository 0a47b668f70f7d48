#include "scaffold/file_edits.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/source_outline.h"
#include "scaffold/splice.h"
#include "scaffold/suspect_lines.h"

namespace hearth::scaffold {
namespace {

// The file of the project that a name in an answer means: the same path, or the same base name when it is unique.
const ProjectFile* file_named(const Project& project, std::string_view name) {
    while (name.starts_with("./"))
        name.remove_prefix(2);
    if (const auto* exact = project.find(name)) return exact;
    const ProjectFile* found = nullptr;
    for (const auto& file : project.files) {
        if (!file.path.ends_with("/" + std::string(name))) continue;
        if (found != nullptr) return nullptr;
        found = &file;
    }
    return found;
}

// A path that a new source file may have: inside, not hidden, in no place of a file.
bool is_safe_new_path(const Project& project, std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos) return false;
    for (const auto part : split(path, '/')) {
        if (part.empty() || part.front() == '.') return false;
    }
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
        if (project.find(path.substr(0, slash)) != nullptr) return false;
    }
    return syntax_of(path) != Syntax::kUnknown;
}

// The language of a fence's tag, as fence_tag_of() names it; the tag itself when it is another word.
std::string_view language_of(std::string_view tag) {
    struct Alias {
        std::string_view tag;
        std::string_view language;
    };

    constexpr std::array kAliases = {
        Alias{"py", "python"},      Alias{"python3", "python"}, Alias{"c++", "cpp"},
        Alias{"cc", "cpp"},         Alias{"cxx", "cpp"},        Alias{"hpp", "cpp"},
        Alias{"h", "cpp"},          Alias{"c", "cpp"},          Alias{"js", "javascript"},
        Alias{"jsx", "javascript"}, Alias{"ts", "typescript"},  Alias{"tsx", "typescript"},
        Alias{"golang", "go"},      Alias{"rs", "rust"},        Alias{"cs", "csharp"},
        Alias{"sh", "bash"},        Alias{"shell", "bash"},     Alias{"console", "bash"}};
    for (const auto& alias : kAliases) {
        if (alias.tag == tag) return alias.language;
    }
    return tag;
}

// A block of shell commands or of a program's output is not the new content of a Python file.
bool tag_fits(std::string_view tag, std::string_view path) {
    constexpr std::array<std::string_view, 20> kLanguages = {
        "python", "cpp",  "java", "javascript", "typescript", "go",   "rust", "csharp", "kotlin", "swift",
        "ruby",   "bash", "toml", "json",       "markdown",   "diff", "yaml", "output", "html",   "makefile"};
    const auto of_tag = language_of(tag);
    const auto of_file = language_of(fence_tag_of(path));
    if (of_tag.empty() || of_file.empty() || of_tag == of_file) return true;
    return std::find(kLanguages.begin(), kLanguages.end(), of_tag) == kLanguages.end();
}

// Code without a first line that only names its file, unless the file itself starts so.
std::string without_file_comment(const CodeBlock& block, std::string_view content) {
    const std::string_view code = block.code;
    const auto end = code.find('\n');
    const auto first = code.substr(0, end);
    if (end == std::string_view::npos || file_comment(first).empty() || content.starts_with(first))
        return block.code;
    return std::string(code.substr(end + 1));
}

// The source file that shares most definitions with the code.
const ProjectFile* file_by_definitions(const Project& project, std::string_view code) {
    const ProjectFile* best = nullptr;
    std::size_t best_shared = 0;
    for (const auto* file : project.with_role(FileRole::kSource)) {
        const auto syntax = syntax_of(file->path);
        const auto in_file = outline(file->content, syntax);
        std::size_t shared = 0;
        for (const auto& each : outline(code, syntax)) {
            shared += static_cast<std::size_t>(std::count_if(
                in_file.begin(), in_file.end(),
                [&](const Definition& other) { return short_name(other.name) == short_name(each.name); }));
        }
        if (shared > best_shared) {
            best_shared = shared;
            best = file;
        }
    }
    return best;
}

// Python code without imports of the file that it is for: a model that adds a test to its answer adds those too.
std::string without_self_import(const std::string& code, std::string_view path) {
    if (syntax_of(path) != Syntax::kIndent) return code;
    auto stem = path.substr(path.rfind('/') + 1);
    stem = stem.substr(0, stem.rfind('.'));
    std::string out;
    for (const auto line : split_lines(code)) {
        const auto words = split(trim(line), ' ');
        const bool imports =
            words.size() >= 2 && (words[0] == "from" || words[0] == "import") && words[1] == stem;
        if (!imports || line.find('(') != std::string_view::npos) out += fmt::format("{}\n", line);
    }
    return out;
}

class Collector {
public:
    Collector(const Project& project, const Target& target) : project_(project), target_(target) {}

    Result<std::vector<FileEdit>> run(std::string_view answer) {
        const auto blocks = code_blocks(answer);
        if (blocks.empty()) return Error(Code::kInvalidInput, "the answer holds no code block");
        for (const auto& block : blocks)
            take(block);
        std::erase_if(edits_, [&](const FileEdit& edit) {
            const auto* file = project_.find(edit.path);
            return file != nullptr && file->content == edit.content;
        });
        if (!edits_.empty()) return std::move(edits_);
        if (!problem_.empty()) return Error(Code::kInvalidInput, problem_);
        return Error(Code::kInvalidInput, "the answer changes nothing");
    }

private:
    void take(const CodeBlock& block) {
        const auto* named = block.file.empty() ? nullptr : file_named(project_, block.file);
        const auto* target = project_.find(target_.file);
        if (named == nullptr && target == nullptr && !block.file.empty()) {
            take_new_file(block);
            return;
        }
        // A file that is named in passing need not be the one that the code is for.
        for (const auto* file : {named, target, file_by_definitions(project_, block.code)}) {
            if (file != nullptr && tag_fits(block.tag, file->path) && take_for(block, *file)) return;
        }
        if (named == nullptr && block.file_stands_alone) {
            take_new_file(block);
        } else if (named == nullptr && target == nullptr && problem_.empty()) {
            problem_ = "the answer does not say which file its code is for";
        }
    }

    bool take_for(const CodeBlock& block, const ProjectFile& file) {
        if (file.role == FileRole::kTest)
            return fail(fmt::format("{} is a test and stays as it is", file.path));
        if (file.role == FileRole::kOther)
            return fail(fmt::format("{} is too large to be edited, or no text", file.path));
        if (!project_.may_change(file.path))
            return fail(
                fmt::format("{} stays as it is: change {}", file.path, join(project_.open_files, ", ")));
        const auto* earlier = find_edit(file.path);
        const auto& now = earlier == nullptr ? file.content : earlier->content;
        auto content =
            splice(now, without_self_import(without_file_comment(block, file.content), file.path),
                   syntax_of(file.path),
                   file.path == target_.file ? std::string_view(target_.definition) : std::string_view());
        if (!content) return fail(content.error().message());
        put(file.path, *content);
        return true;
    }

    void take_new_file(const CodeBlock& block) {
        const std::string_view path =
            block.file.starts_with("./") ? std::string_view(block.file).substr(2) : block.file;
        if (!is_safe_new_path(project_, path)) {
            fail(fmt::format("there can be no new source file {}", path));
        } else if (role_of(path) == FileRole::kTest) {
            fail(fmt::format("{} would be a test; tests stay as they are", path));
        } else if (!project_.may_change(path)) {
            fail(fmt::format("there is to be no new file {}: change {}", path,
                             join(project_.open_files, ", ")));
        } else {
            put(std::string(path), without_file_comment(block, {}));
        }
    }

    // Keeps the first problem, which is of the file that was meant most likely.
    bool fail(std::string problem) {
        if (problem_.empty()) problem_ = std::move(problem);
        return false;
    }

    [[nodiscard]] const FileEdit* find_edit(std::string_view path) const {
        const auto found =
            std::find_if(edits_.begin(), edits_.end(), [&](const auto& edit) { return edit.path == path; });
        return found == edits_.end() ? nullptr : &*found;
    }

    void put(const std::string& path, const std::string& content) {
        for (auto& edit : edits_) {
            if (edit.path == path) {
                edit.content = content;
                return;
            }
        }
        edits_.push_back({path, content});
    }

    const Project& project_;
    const Target& target_;
    std::vector<FileEdit> edits_;
    std::string problem_;
};

}  // namespace

Result<std::vector<FileEdit>> edits_from_answer(std::string_view answer, const Project& project,
                                                const Target& target) {
    if (target.line) return edit_of_line(answer, project, target);
    return Collector(project, target).run(answer);
}

}  // namespace hearth::scaffold
