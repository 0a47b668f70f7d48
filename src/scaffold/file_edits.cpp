#include "scaffold/file_edits.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/source_outline.h"
#include "scaffold/splice.h"

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

bool is_safe_new_path(std::string_view path) {
    return !path.empty() && path.front() != '/' && path.find("..") == std::string_view::npos &&
           path.find('\0') == std::string_view::npos;
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
        const auto* file = block.file.empty() ? nullptr : file_named(project_, block.file);
        if (file == nullptr && !block.file.empty() && project_.find(target_.file) == nullptr) {
            if (is_safe_new_path(block.file) && syntax_of(block.file) != Syntax::kUnknown)
                put(block.file, block.code);
            return;
        }
        if (file == nullptr) file = project_.find(target_.file);
        if (file == nullptr) file = file_by_definitions(project_, block.code);
        if (file == nullptr) {
            problem_ = "the answer does not say which file its code is for";
            return;
        }
        if (file->role == FileRole::kTest) {
            problem_ = fmt::format("{} is a test and stays as it is", file->path);
            return;
        }
        const auto* earlier = find_edit(file->path);
        auto content =
            splice(earlier == nullptr ? file->content : earlier->content, block.code, syntax_of(file->path));
        if (!content) {
            // A code sample in an explanation is no reason to drop a good block before or after it.
            if (edits_.empty()) problem_ = content.error().message();
            return;
        }
        put(file->path, *content);
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
    return Collector(project, target).run(answer);
}

}  // namespace hearth::scaffold
