#include "app/diff.h"

#include "history/unified_diff.h"

namespace hearth::app {

Result<std::vector<ChangedFile>> diff_projects(const scaffold::Project& before,
                                               const scaffold::Project& after) {
    std::vector<ChangedFile> changes;
    for (const auto& file : before.files) {
        const auto* now = after.find(file.path);
        if (now != nullptr && now->content == file.content) continue;
        changes.push_back({file.path, TRY(history::unified_diff(file.path, &file.content,
                                                                now == nullptr ? nullptr : &now->content))});
    }
    for (const auto& file : after.files) {
        if (before.find(file.path) != nullptr) continue;
        changes.push_back({file.path, TRY(history::unified_diff(file.path, nullptr, &file.content))});
    }
    return changes;
}

}  // namespace hearth::app
