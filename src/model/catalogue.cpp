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

constexpr std::size_t kMaxChain = 32;

// An entry with a name that the layer has already is a fault.
void add_entry(CatalogueLayer& layer, std::map<std::string, fs::path>& taken, CatalogueEntry entry) {
    std::vector<std::string> names = entry.aliases;
    names.push_back(entry.name);
    for (const auto& name : names) {
        const auto place = taken.find(name);
        if (place == taken.end()) continue;
        layer.faults.push_back(
            {.model = entry.name,
             .error = Error(Code::kInvalidInput,
                            fmt::format("{}: the name '{}' is already taken in {}", entry.defined_in.string(),
                                        name, place->second.string()))});
        return;
    }
    for (auto& name : names)
        taken.emplace(std::move(name), entry.defined_in);
    layer.entries.push_back(std::move(entry));
}

Result<std::vector<fs::path>> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".toml") files.push_back(at->path());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return errno_error(error.value(), fmt::format("reading the catalogue folder {}", folder.string()));
    std::sort(files.begin(), files.end());
    return files;
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

Result<CatalogueLayer> read_layer(const fs::path& file_or_folder) {
    std::error_code error;
    if (fs::is_regular_file(file_or_folder, error))
        return parse_catalogue(TRY(os::read_file(file_or_folder, kMostCatalogueBytes)), file_or_folder);
    CatalogueLayer layer;
    const auto files = TRY(files_of(file_or_folder));
    std::map<std::string, fs::path> taken;
    for (const auto& file : files) {
        auto of_file = TRY(parse_catalogue(TRY(os::read_file(file, kMostCatalogueBytes)), file));
        std::ranges::move(of_file.faults, std::back_inserter(layer.faults));
        for (auto& entry : of_file.entries)
            add_entry(layer, taken, std::move(entry));
    }
    return layer;
}

Result<Catalogue> Catalogue::load(const std::vector<fs::path>& folders) {
    std::vector<CatalogueLayer> layers;
    for (const auto& folder : folders)
        layers.push_back(TRY(read_layer(folder)));
    return from_layers(layers);
}

Result<Catalogue> Catalogue::from_layers(const std::vector<CatalogueLayer>& layers) {
    for (const auto& layer : layers)
        if (!layer.faults.empty()) return layer.faults.front().error;
    auto catalogue = merged(layers);
    for (const auto& entry : catalogue.entries_)
        TRY(catalogue.check_successor(entry));
    return catalogue;
}

Catalogue Catalogue::merged(const std::vector<CatalogueLayer>& layers) {
    Catalogue catalogue;
    for (const auto& layer : layers)
        catalogue.add(layer);
    std::ranges::sort(catalogue.entries_, {}, &CatalogueEntry::name);
    // An alias becomes the name that it stands for; what cannot be found is told by check_successor.
    for (auto& entry : catalogue.entries_) {
        if (entry.lifecycle.successor.empty()) continue;
        if (const auto successor = catalogue.find(entry.lifecycle.successor))
            entry.lifecycle.successor = successor->name;
    }
    return catalogue;
}

void Catalogue::add(const CatalogueLayer& layer) {
    for (const auto& entry : layer.entries) {
        const auto answers = [&](std::string_view name) {
            return name == entry.name || std::ranges::find(entry.aliases, name) != entry.aliases.end();
        };
        std::erase_if(entries_, [&](const auto& old) { return old.name == entry.name; });
        for (auto& old : entries_)
            std::erase_if(old.aliases, answers);
    }
    std::ranges::copy(layer.entries, std::back_inserter(entries_));
}

Status Catalogue::check_successor(const CatalogueEntry& entry) const {
    if (entry.lifecycle.successor.empty()) return {};
    if (const auto successor = find(entry.lifecycle.successor); !successor)
        return Error(Code::kInvalidInput, fmt::format("{}: the successor of {}: {}", entry.successor_place,
                                                      entry.name, successor.error().message()));
    std::vector<std::string> chain{entry.name};
    const auto* at = named(entry.lifecycle.successor);
    while (at != nullptr && std::ranges::find(chain, at->name) == chain.end()) {
        chain.push_back(at->name);
        if (chain.size() > kMaxChain)
            return Error(Code::kInvalidInput, fmt::format("{}: {} has more than {} successors in a row",
                                                          entry.successor_place, entry.name, kMaxChain));
        at = named(at->lifecycle.successor);
    }
    if (at == nullptr || at->name != entry.name)
        return {};  // a circle that this entry only leads into is told of those in it
    chain.push_back(entry.name);
    return Error(Code::kInvalidInput, fmt::format("{}: successors go in a circle: {}", entry.successor_place,
                                                  join(chain, " -> ")));
}

const CatalogueEntry* Catalogue::named(std::string_view name) const {
    const auto at = std::ranges::lower_bound(entries_, name, {}, &CatalogueEntry::name);
    return at != entries_.end() && at->name == name ? &*at : nullptr;
}

const CatalogueEntry* Catalogue::entry_of(std::string_view name, std::string_view sha256) const {
    const auto* same_name = named(name);
    if (same_name != nullptr && same_name->sha256 == sha256) return same_name;
    const auto at = std::ranges::find(entries_, sha256, &CatalogueEntry::sha256);
    return at != entries_.end() ? &*at : nullptr;
}

LifecycleOf Catalogue::lifecycle_of(const CatalogueEntry& entry) const {
    LifecycleOf known{.name = entry.name, .lifecycle = entry.lifecycle, .replacement = {}};
    const auto* at = named(entry.lifecycle.successor);
    for (std::size_t step = 0; at != nullptr && step < kMaxChain; ++step) {
        if (at->lifecycle.status != Listing::kDelisted) known.replacement = at->name;
        at = named(at->lifecycle.successor);
    }
    return known;
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
    if (same_base.size() > 1) {
        const auto delisted = [](const auto* entry) { return entry->lifecycle.status == Listing::kDelisted; };
        if (std::ranges::count_if(same_base, delisted) + 1 == std::ssize(same_base))
            std::erase_if(same_base, delisted);
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

std::vector<fs::path> catalogue_folders(const fs::path& program_folder, const os::Paths& paths) {
    std::vector<fs::path> folders;
    for (const auto& shipped : {program_folder / "../share/hearth/catalogue", program_folder / "catalogue",
                                fs::path(HEARTH_SOURCE_CATALOGUE)}) {
        std::error_code error;
        if (!fs::is_directory(shipped, error)) continue;
        folders.push_back(shipped.lexically_normal());
        break;
    }
    folders.push_back(paths.data / "catalogue");
    folders.push_back(paths.config / "catalogue");
    return folders;
}

}  // namespace hearth::model
