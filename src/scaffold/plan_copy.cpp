#include "scaffold/plan_copy.h"

#include <optional>
#include <utility>

#include "scaffold/project.h"

namespace hearth::scaffold {
namespace {

// The content of a file, nothing where there is none.
Result<std::optional<std::string>> content_of(const sandbox::WorkspaceFiles& files, const std::string& path) {
    auto content = files.read(path);
    if (content) return std::optional(*std::move(content));
    if (content.error().code() == Code::kNotFound) return std::optional<std::string>();
    return content.error();
}

}  // namespace

Result<PlanCopy> PlanCopy::create(const sandbox::WorkspaceFiles& files, const sandbox::Sandbox& sandbox,
                                  const WorkPlan& plan) {
    auto copy = TRY(sandbox::WorkspaceCopy::create(files.root()));
    auto box = std::make_unique<sandbox::Sandbox>(sandbox.with_workspace(copy.path()));
    PlanCopy out(files, std::move(copy), plan, std::move(box));
    // Read from the copy: what changes in the workspace from here on is somebody else's work.
    const auto copied = TRY(sandbox::WorkspaceFiles::open(out.copy_.path()));
    for (const auto& file : plan.files) {
        if (auto content = TRY(content_of(copied, file.path)))
            out.before_.emplace(file.path, *std::move(content));
    }
    return out;
}

Result<Carried> PlanCopy::carry() const {
    const auto copied = TRY(sandbox::WorkspaceFiles::open(copy_.path()));
    Carried out;
    for (const auto& file : plan_.files)
        TRY(carry_file(copied, file.path, out));
    TRY(find_left(copied, out));
    return out;
}

Status PlanCopy::carry_file(const sandbox::WorkspaceFiles& copied, const std::string& path,
                            Carried& out) const {
    const auto known = before_.find(path);
    const auto old = known == before_.end() ? std::nullopt : std::optional(known->second);
    const auto now = TRY(content_of(copied, path));
    if (now == old) return {};
    const auto here = TRY(content_of(*files_, path));
    if (here != old && here != now) {
        out.changed.push_back(path);
        return {};
    }
    if (now) {
        TRY(files_->write(path, *now));
    } else {
        TRY(files_->remove(path));
    }
    out.taken.push_back(path);
    return {};
}

// Of the files that can be looked at; what tools build is no change.
Status PlanCopy::find_left(const sandbox::WorkspaceFiles& copied, Carried& out) const {
    const auto here = TRY(scan_project(*files_));
    const auto there = TRY(scan_project(copied));
    for (const auto& file : there.files) {
        const auto* known = here.find(file.path);
        const bool built = known == nullptr && file.role == FileRole::kOther;
        const bool same = known != nullptr && known->content == file.content;
        if (!built && !same && plan_.find(file.path) == nullptr) out.left.push_back(file.path);
    }
    for (const auto& file : here.files) {
        if (there.find(file.path) == nullptr && plan_.find(file.path) == nullptr)
            out.left.push_back(file.path);
    }
    return {};
}

}  // namespace hearth::scaffold
