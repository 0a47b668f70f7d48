#include "resources/discovery.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "core/text.h"
#include "os/files.h"
#include "resources/links.h"

namespace hearth::resources {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{1} << 20U;
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxFolders = 2000;
constexpr std::size_t kMaxFound = 500;
constexpr const char* kSkillFile = "SKILL.md";

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

bool is_folder(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

std::vector<fs::path> listed(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        const auto name = at->path().filename().string();
        if (!name.starts_with('.') && name != "node_modules") out.push_back(at->path());
    }
    std::sort(out.begin(), out.end());
    return out;
}

// Goes through one place; what is reached by two ways is taken once.
class Walk {
public:
    Walk(const Place& place, std::vector<Notice>& notices) : place_(place), notices_(notices) {}

    // Files of skills, each with whether it stands alone.
    std::vector<std::pair<fs::path, bool>> skills() {
        if (is_folder(place_.path)) {
            folder(place_.path, 0);
        } else if (is_file(place_.path)) {
            const bool alone = place_.path.filename() != kSkillFile;
            if (place_.path.extension() == ".md") {
                files_.emplace_back(place_.path, alone);
            } else {
                notices_.push_back({place_.path, "it is no Markdown file, as a skill is"});
            }
        } else if (place_.named) {
            notices_.push_back({place_.path, "it does not exist"});
        }
        return std::move(files_);
    }

private:
    void folder(const fs::path& path, std::size_t depth) {
        std::error_code error;
        const auto real = fs::canonical(path, error);
        if (error || depth > kMaxDepth || seen_.size() >= kMaxFolders || !seen_.insert(real).second) return;
        if (is_file(path / kSkillFile)) {
            add(path / kSkillFile, false);
            return;
        }
        for (const auto& each : listed(path)) {
            if (is_folder(each)) {
                folder(each, depth + 1);
            } else if (depth == 0 && place_.loose_files && each.extension() == ".md" && is_file(each)) {
                add(each, true);
            }
        }
    }

    void add(const fs::path& file, bool alone) {
        if (files_.size() < kMaxFound) files_.emplace_back(file, alone);
    }

    const Place& place_;
    std::vector<Notice>& notices_;
    std::set<fs::path> seen_;
    std::vector<std::pair<fs::path, bool>> files_;
};

bool may_be_followed(const Place& place, std::vector<Notice>& notices) {
    std::error_code error;
    if (place.within.empty() || !fs::exists(place.path, error)) return true;
    if (!leads_out(place.path, place.within)) return true;
    notices.push_back({place.path, "it is a link that leads out of the project"});
    return false;
}

// The file without links. Nothing, with a notice, when a project's leads out of its folder.
std::optional<fs::path> real_file(const fs::path& file, const Place& place, std::vector<Notice>& notices) {
    std::error_code error;
    auto real = fs::canonical(file, error);
    if (error) {
        notices.push_back({file, error.message()});
        return std::nullopt;
    }
    if (place.source.scope == Scope::kProject && !place.named && leads_out(file, place.path)) {
        notices.push_back({file, "it is a link that leads out of the project's folder of them"});
        return std::nullopt;
    }
    return real;
}

// True for the first one of a name; else it is said which one counts.
bool is_first(std::map<std::string, fs::path>& names, const std::string& name, const fs::path& file,
              std::vector<Notice>& notices) {
    const auto [at, is_new] = names.emplace(name, file);
    if (!is_new && at->second != file) {
        notices.push_back({file, fmt::format("'{}' is the name of {}, too, which counts", printable(name),
                                             at->second.string())});
    }
    return is_new;
}

}  // namespace

FoundSkills find_skills(const std::vector<Place>& places) {
    FoundSkills out;
    std::map<std::string, fs::path> names;
    for (const auto& place : places) {
        if (!may_be_followed(place, out.notices)) continue;
        for (const auto& [path, alone] : Walk(place, out.notices).skills()) {
            const auto file = real_file(path, place, out.notices);
            if (!file) continue;
            const auto text = os::read_file(*file, kMaxFile);
            auto skill = text ? parse_skill(*text, alone ? path.stem().string()
                                                         : path.parent_path().filename().string())
                              : Result<Skill>(text.error());
            if (!skill) {
                // Whatever Markdown lies there need not be a skill.
                out.notices.push_back({*file, fmt::format("it is no skill: {}", skill.error().message())});
                continue;
            }
            skill->file = *file;
            skill->alone = alone;
            skill->source = place.source;
            if (!is_first(names, skill->name, *file, out.notices)) continue;
            for (const auto& flaw : skill->flaws)
                out.notices.push_back({*file, flaw});
            out.skills.push_back(*std::move(skill));
        }
    }
    return out;
}

FoundTemplates find_templates(const std::vector<Place>& places) {
    FoundTemplates out;
    std::map<std::string, fs::path> names;
    for (const auto& place : places) {
        if (!may_be_followed(place, out.notices)) continue;
        std::vector<fs::path> files;
        if (is_folder(place.path)) {
            for (const auto& each : listed(place.path)) {
                if (each.extension() == ".md" && is_file(each) && files.size() < kMaxFound)
                    files.push_back(each);
            }
        } else if (is_file(place.path)) {
            files.push_back(place.path);
        } else if (place.named) {
            out.notices.push_back({place.path, "it does not exist"});
        }
        for (const auto& path : files) {
            const auto file = real_file(path, place, out.notices);
            if (!file) continue;
            const auto text = os::read_file(*file, kMaxFile);
            auto made = text ? parse_prompt_template(*text, path.stem().string())
                             : Result<PromptTemplate>(text.error());
            if (!made) {
                out.notices.push_back({*file, fmt::format("it is no prompt: {}", made.error().message())});
                continue;
            }
            made->file = *file;
            made->source = place.source;
            if (is_first(names, made->name, *file, out.notices)) out.templates.push_back(*std::move(made));
        }
    }
    return out;
}

std::vector<fs::path> project_folders(const fs::path& project) {
    std::vector<fs::path> out;
    std::error_code error;
    for (auto at = project;; at = at.parent_path()) {
        out.push_back(at);
        if (fs::exists(at / ".git", error)) return out;
        if (at == at.parent_path()) break;
    }
    return {project};
}

}  // namespace hearth::resources
