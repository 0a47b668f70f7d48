#include "model/ollama_store.h"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

#include "core/text.h"
#include "model/gguf.h"
#include "model/oci_manifest.h"
#include "model/registry_name.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifest = std::size_t{4} << 20U;
constexpr std::size_t kMaxText = std::size_t{1} << 20U;
constexpr int kDepth = 3;  // host, namespace, model; below them the tags

std::string first_line(std::string_view text) {
    for (const auto line : split_lines(text))
        if (const auto words = trim(line); !words.empty()) return to_valid_utf8(utf8_front(words, 100));
    return {};
}

std::int64_t modified(const fs::path& path) {
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

}  // namespace

fs::path OllamaStore::blob(std::string_view sha256) const {
    return folder_ / "blobs" / ("sha256-" + std::string(sha256));
}

std::vector<OllamaStore::Place> OllamaStore::places() const {
    const fs::path root = folder_ / "manifests";
    std::vector<Place> places;
    std::error_code error;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && at != end; at.increment(error)) {
        std::error_code each;
        if (at.depth() == kDepth) {
            at.disable_recursion_pending();
            if (!at->is_regular_file(each)) continue;
            const auto place = at->path().lexically_relative(root).string();
            const auto parts = split(place, '/');
            if (parts.size() != kDepth + 1) continue;
            const RegistryName name{.host = std::string(parts[0]),
                                    .repository = fmt::format("{}/{}", parts[1], parts[2]),
                                    .tag = std::string(parts[3])};
            places.push_back({.name = name.short_text(), .manifest = at->path()});
        }
    }
    std::ranges::sort(places, {}, &Place::name);
    return places;
}

// Fills in what can be known, as far as it gets.
Status OllamaStore::read(const fs::path& manifest, InstalledModel& model) const {
    const auto text = TRY(os::read_file(manifest, kMaxManifest));
    const auto parsed = TRY(parse_oci_manifest(text).context(manifest.string()));
    if (!parsed.further.empty())
        return Error(
            Code::kUnsupported,
            "it is in several files, which an engine only finds under names that this store does not give");
    model.sha256 = parsed.weights.sha256;
    model.size = parsed.weights.size;
    model.file = blob(model.sha256);
    std::error_code error;
    const auto size = fs::file_size(model.file, error);
    if (error)
        return Error(Code::kCorrupt,
                     fmt::format("its blob {} cannot be read: {}", model.file.string(), error.message()));
    if (static_cast<std::int64_t>(size) != model.size.value)
        return Error(Code::kCorrupt, fmt::format("its blob {} has {} bytes, its manifest says {}",
                                                 model.file.string(), size, model.size.value));
    const auto header = TRY(read_gguf(model.file).context("its blob " + model.file.string()));
    const auto facts = TRY(model_facts(header, model.size).context("its blob " + model.file.string()));
    const auto words = [&](const std::optional<OciLayer>& layer) {
        if (!layer) return std::string();
        const auto content = os::read_file(blob(layer->sha256), kMaxText);
        return content ? to_valid_utf8(*content) : std::string();
    };
    auto& notes = model.manifest;
    notes.title = to_valid_utf8(facts.name);
    notes.quantisation = facts.quantisation;
    notes.licence = facts.licence.empty() ? first_line(words(parsed.licence)) : to_valid_utf8(facts.licence);
    notes.context = facts.context_length;
    notes.defaults.system = words(parsed.system);
    notes.defaults.chat_template = words(parsed.chat_template);
    // Parameters that are none of Ollama's are worth less than the model.
    if (parsed.parameters)
        notes.defaults.parameters = parse_parameters(words(parsed.parameters)).value_or("");
    return {};
}

InstalledModel OllamaStore::look(const Place& place) const {
    InstalledModel model{.name = place.name,
                         .file = {},
                         .size = Bytes{0},
                         .sha256 = {},
                         .manifest = {},
                         .complete = true,
                         .problem = {},
                         .foreign_store = folder_};
    Status usable = read(place.manifest, model);
    if (const auto name = parse_model_name(place.name); usable && !name) usable = name.error();
    if (!usable) {
        model.complete = false;
        model.problem = fmt::format("model '{}' of Ollama's store in {} cannot be used: {}", place.name,
                                    folder_.string(), usable.error().message());
    }
    model.manifest.name = place.name;
    model.manifest.sha256 = model.sha256;
    model.manifest.size = model.size;
    model.manifest.source = fmt::format("Ollama's store in {}, used in place", folder_.string());
    model.manifest.installed_at = modified(place.manifest);
    return model;
}

std::vector<InstalledModel> OllamaStore::list() const {
    std::vector<InstalledModel> models;
    for (const auto& place : places())
        models.push_back(look(place));
    return models;
}

Result<InstalledModel> OllamaStore::find(const ModelName& name) const {
    const auto wanted = name.tag.empty() ? name.text() + ":latest" : name.text();
    std::vector<const Place*> fitting;
    const auto all = places();
    for (const auto& place : all) {
        if (place.name == wanted) return look(place);
        if (name.tag.empty() && place.name.starts_with(name.base + ":")) fitting.push_back(&place);
    }
    if (fitting.size() == 1) return look(*fitting.front());
    if (fitting.empty()) return Error(Code::kNotFound, fmt::format("model '{}' is not there", name.text()));
    std::vector<std::string> choices;
    for (const auto* place : fitting)
        choices.push_back(place->name);
    return Error(Code::kInvalidInput,
                 fmt::format("'{}' may be any of {}; say which", name.text(), join(choices, ", ")));
}

std::vector<fs::path> ollama_store_folders() {
    std::vector<fs::path> folders;
    if (const char* named = std::getenv("OLLAMA_MODELS"); named != nullptr && *named != '\0') {
        folders.emplace_back(named);
    } else {
        if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
            folders.push_back(fs::path(home) / ".ollama" / "models");
        folders.emplace_back("/usr/share/ollama/.ollama/models");
    }
    std::erase_if(folders, [](const fs::path& folder) {
        std::error_code error;
        return !fs::is_directory(folder / "manifests", error);
    });
    return folders;
}

}  // namespace hearth::model
