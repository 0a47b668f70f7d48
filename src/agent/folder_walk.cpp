#include "agent/folder_walk.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include "agent/ignore_rules.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

constexpr std::size_t kMaxLookedAt = 200'000;
constexpr std::size_t kMaxRules = std::size_t{256} << 10U;  // bytes of a .gitignore
constexpr std::string_view kGit = ".git";

std::string joined(std::string_view folder, std::string_view name) {
    return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

// A folder with what its .gitignore says, and how far the walk is in it.
struct Level {
    std::string path;
    IgnoreRules rules;
    std::vector<sandbox::FolderEntry> entries;
    std::size_t next = 0;
};

class Walker {
public:
    Walker(const Walk& where, const std::function<bool(const Found&)>& visit)
        : where_(where), visit_(visit), end_(std::chrono::steady_clock::now() + where.limit) {}

    Result<Walked> run() {
        auto first = TRY(where_.files.look_into(where_.folder));
        if (is_of_git(first.path)) {
            return Error(Code::kInvalidInput,
                         fmt::format("cannot look into {}: what git keeps is not looked at", first.path));
        }
        add_levels_above(first.path);
        const auto beginning = first.path.empty() ? 0 : first.path.size() + 1;
        above_ = levels_.size();
        enter(std::move(first));
        while (levels_.size() > above_ && go_on_) {
            auto& level = levels_.back();
            if (level.next == level.entries.size()) {
                levels_.pop_back();
                continue;
            }
            const auto entry = std::move(level.entries[level.next++]);
            if (at_an_end()) break;
            take(entry, beginning);
        }
        return out_;
    }

private:
    // The rules of the folders above hold below them too.
    void add_levels_above(const std::string& path) {
        if (path.empty()) return;
        levels_.push_back({.path = {}, .rules = rules_of(""), .entries = {}});
        for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
            const auto folder = path.substr(0, slash);
            levels_.push_back({.path = folder, .rules = rules_of(folder), .entries = {}});
        }
    }

    [[nodiscard]] IgnoreRules rules_of(const std::string& folder) const {
        const auto text = where_.files.read(joined(folder, ".gitignore"), kMaxRules);
        return text ? IgnoreRules(*text) : IgnoreRules();
    }

    void enter(sandbox::FolderContent folder) {
        auto rules = rules_of(folder.path);
        levels_.push_back({.path = std::move(folder.path),
                           .rules = std::move(rules),
                           .entries = std::move(folder.entries)});
    }

    bool at_an_end() {
        if (where_.stop.stop_requested() || ++looked_at_ > kMaxLookedAt ||
            std::chrono::steady_clock::now() > end_)
            out_.whole = false;
        return !out_.whole;
    }

    // The .gitignore that is nearest counts before those above it.
    [[nodiscard]] bool is_ignored(std::string_view path, bool is_folder) const {
        for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
            const auto below = path.substr(level->path.empty() ? 0 : level->path.size() + 1);
            const auto says = level->rules.of(below, is_folder);
            if (says != IgnoreRules::Says::kNothing) return says == IgnoreRules::Says::kIgnored;
        }
        return false;
    }

    void take(const sandbox::FolderEntry& entry, std::size_t beginning) {
        if (entry.name == kGit) return;
        const bool is_folder = entry.is_folder && !entry.is_link;
        Found found{.path = joined(levels_.back().path, entry.name),
                    .below = {},
                    .is_file = entry.is_file && !entry.is_link,
                    .is_folder = is_folder};
        if (is_ignored(found.path, is_folder)) return;
        found.below = std::string_view(found.path).substr(beginning);
        if (!where_.may_show || where_.may_show(found.path)) {
            go_on_ = visit_(found);
        } else if (!is_folder) {
            ++out_.left_out;
        }
        if (!is_folder || !go_on_) return;
        auto content = where_.files.look_into(found.path);
        // Another one may have been put in its place meanwhile.
        if (content && content->path == found.path) enter(*std::move(content));
    }

    const Walk& where_;
    const std::function<bool(const Found&)>& visit_;
    const std::chrono::steady_clock::time_point end_;
    std::vector<Level> levels_;
    std::size_t above_ = 0;  // levels that are there for their rules alone
    std::size_t looked_at_ = 0;
    bool go_on_ = true;
    Walked out_;
};

}  // namespace

Result<Walked> walk(const Walk& where, const std::function<bool(const Found&)>& visit) {
    return Walker(where, visit).run();
}

std::string left_out_note(std::size_t files) {
    if (files == 0) return {};
    return fmt::format("[left out: {} that may not be read without permission]\n",
                       files == 1 ? "1 file" : fmt::format("{} files", files));
}

bool is_of_git(std::string_view path) {
    const auto parts = split(path, '/');
    return std::find(parts.begin(), parts.end(), kGit) != parts.end();
}

}  // namespace hearth::agent
