#include "model/catalogue.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <system_error>

#include "core/text.h"
#include "model/model_name.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = std::size_t{4} << 20U;

// The names an entry answers to, each of them only once in a folder.
Status add_names(std::map<std::string, fs::path>& taken, const CatalogueEntry& entry) {
    std::vector<std::string> names = entry.aliases;
    names.push_back(entry.name);
    for (const auto& name : names) {
        const auto [place, added] = taken.emplace(name, entry.defined_in);
        if (!added) {
            return Error(Code::kInvalidInput,
                         fmt::format("{}: the name '{}' is already taken in {}", entry.defined_in.string(),
                                     name, place->second.string()));
        }
    }
    return {};
}

Result<std::vector<CatalogueEntry>> load_folder(const fs::path& folder) {
    std::vector<CatalogueEntry> entries;
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".toml") files.push_back(at->path());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return errno_error(error.value(), fmt::format("reading the catalogue folder {}", folder.string()));
    std::sort(files.begin(), files.end());
    std::map<std::string, fs::path> taken;
    for (const auto& file : files) {
        const auto text = TRY(os::read_file(file, kMaxFile));
        auto in_file = TRY(parse_catalogue(text, file));
        for (auto& entry : in_file) {
            TRY(add_names(taken, entry));
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

}  // namespace

std::string describe(const Source& source) {
    if (const auto* url = std::get_if<UrlSource>(&source)) return url->url;
    if (const auto* path = std::get_if<PathSource>(&source)) return path->path.string();
    if (const auto* registry = std::get_if<RegistrySource>(&source)) return registry->repository;
    const auto& packages = std::get<PackageSource>(source).packages;
    const auto& first = packages.front();
    if (packages.size() == 1) return fmt::format("Python package {} {}", first.name, first.version);
    return fmt::format("{} Python packages, {} to {}", packages.size(), first.name, packages.back().name);
}

Result<Catalogue> Catalogue::load(const std::vector<fs::path>& folders) {
    Catalogue catalogue;
    for (const auto& folder : folders) {
        auto added = TRY(load_folder(folder));
        for (const auto& entry : added) {
            const auto answers = [&](std::string_view name) {
                return name == entry.name || std::ranges::find(entry.aliases, name) != entry.aliases.end();
            };
            std::erase_if(catalogue.entries_, [&](const auto& old) { return old.name == entry.name; });
            for (auto& old : catalogue.entries_)
                std::erase_if(old.aliases, answers);
        }
        std::ranges::move(added, std::back_inserter(catalogue.entries_));
    }
    std::ranges::sort(catalogue.entries_, {}, &CatalogueEntry::name);
    return catalogue;
}

std::vector<std::string> Catalogue::names() const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) {
        names.push_back(entry.name);
        names.insert(names.end(), entry.aliases.begin(), entry.aliases.end());
    }
    return names;
}

Result<CatalogueEntry> Catalogue::find(std::string_view name) const {
    const auto wanted = TRY(parse_model_name(name));
    const auto text = wanted.text();
    std::vector<const CatalogueEntry*> same_base;
    for (const auto& entry : entries_) {
        if (entry.name == text || std::ranges::find(entry.aliases, text) != entry.aliases.end()) return entry;
        if (wanted.tag.empty() && entry.name.starts_with(text + ":")) same_base.push_back(&entry);
    }
    if (same_base.size() == 1) return *same_base.front();
    if (same_base.size() > 1) {
        std::vector<std::string> choices;
        for (const auto* entry : same_base)
            choices.push_back(entry->name);
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' may be any of {}; say which", text, join(choices, ", ")));
    }
    return Error(Code::kNotFound,
                 fmt::format("there is no model '{}' in the catalogue.{} All of them: hearth list "
                             "--all",
                             text, did_you_mean(text, names())));
}

std::vector<fs::path> catalogue_folders(const fs::path& executable, const fs::path& config) {
    std::vector<fs::path> folders;
    const auto folder = executable.parent_path();
    for (const auto& shipped :
         {folder / "../share/hearth/catalogue", folder / "catalogue", fs::path(HEARTH_SOURCE_CATALOGUE)}) {
        std::error_code error;
        if (!fs::is_directory(shipped, error)) continue;
        folders.push_back(shipped.lexically_normal());
        break;
    }
    folders.push_back(config / "catalogue");
    return folders;
}

}  // namespace hearth::model
