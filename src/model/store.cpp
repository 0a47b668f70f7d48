#include "model/store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <system_error>
#include <unistd.h>

#include "core/text.h"
#include "model/gguf.h"
#include "model/gguf_split.h"
#include "model/model_name.h"
#include "model/ollama_store.h"
#include "os/fd.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifest = std::size_t{1} << 20U;
constexpr auto kLockPatience = std::chrono::seconds(10);
constexpr auto kPartialLife = std::chrono::hours(24 * 30);

// Names may hold a '/' too; a file that is there is meant rather than such a name.
bool looks_like_path(std::string_view text) {
    if (text.ends_with(".gguf") || text.starts_with('/') || text.starts_with('.')) return true;
    std::error_code error;
    return text.contains('/') && fs::is_regular_file(fs::path(text), error);
}

// Entries of a folder that may not exist.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        entries.push_back(at->path());
    if (error && error != std::errc::no_such_file_or_directory)
        return errno_error(error.value(), fmt::format("reading {}", folder.string()));
    std::sort(entries.begin(), entries.end());
    return entries;
}

// Bytes on disk under a path; what cannot be read counts as nothing.
Bytes size_under(const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) return Bytes{static_cast<std::int64_t>(fs::file_size(path, error))};
    Bytes total{0};
    for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        std::error_code each;
        if (at->is_regular_file(each)) total += Bytes{static_cast<std::int64_t>(at->file_size(each))};
    }
    return total;
}

bool is_old(const fs::path& path) {
    std::error_code error;
    const auto changed = fs::last_write_time(path, error);
    return !error && fs::file_time_type::clock::now() - changed > kPartialLife;
}

Result<Bytes> remove_counted(const fs::path& path) {
    const auto size = size_under(path);
    TRY(os::remove_tree(path));
    return size;
}

// What was written must be on the disk before a manifest says that it is.
Status sync_file(const fs::path& path) {
    const os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file || ::fdatasync(file.get()) != 0)
        return errno_error(errno, fmt::format("syncing {}", path.string()));
    return {};
}

Result<InstalledModel> file_by_path(std::string_view text) {
    const fs::path path(text);
    const auto model = TRY(read_model(path));
    TRY(model_facts(model.header, model.size).context(path.string()));
    const auto& first = model.files.front();
    const auto split = model.files.size() > 1 ? parse_split_name(first.string()) : std::nullopt;
    std::error_code error;
    return InstalledModel{.name = split ? fs::path(split->front).filename().string() : path.stem().string(),
                          .file = fs::absolute(first, error),
                          .size = model.size,
                          .sha256 = {},
                          .manifest = {},
                          .complete = true,
                          .problem = {},
                          .foreign_store = {}};
}

}  // namespace

InstallNotes notes_of(const InstalledModel& model) {
    return {.aliases = {},  // they stay with the first name
            .title = model.manifest.title,
            .licence = model.manifest.licence,
            .source = model.manifest.source,
            .defaults = model.manifest.defaults};
}

fs::path ModelStore::blob(std::string_view sha256) const {
    return folder_ / "blobs" / (std::string(sha256) + ".gguf");
}

std::vector<fs::path> InstalledModel::files() const {
    // A blob of one file has a name of its own; a file by its path may be part of several.
    std::vector<fs::path> files;
    for (auto& part : all_parts(file.string()))
        files.emplace_back(std::move(part));
    return files;
}

fs::path ModelStore::first_blob(std::string_view sha256, std::size_t parts) const {
    if (parts < 2) return blob(sha256);
    return split_name((folder_ / "blobs" / sha256).string(), 1, static_cast<int>(parts));
}

fs::path ModelStore::partial_folder(std::string_view key) const { return folder_ / "partial" / key; }

std::optional<std::int64_t> ModelStore::names_stamp() const {
    constexpr std::chrono::seconds kCoarsest{2};  // what file systems tell apart
    std::error_code absent;
    const auto changed = fs::last_write_time(folder_ / "manifests", absent);
    if (absent || fs::file_time_type::clock::now() - changed < kCoarsest) return {};
    return std::chrono::nanoseconds(changed.time_since_epoch()).count();
}

fs::path ModelStore::manifest_file(std::string_view name) const {
    // A name has no '@', so names and files stay one to one.
    return folder_ / "manifests" / (replace_all(name, "/", "@") + ".json");
}

Result<os::FileLock> ModelStore::lock_pull(std::string_view key) const {
    TRY(os::make_directories(folder_ / "locks"));
    return os::FileLock::try_acquire(folder_ / "locks" / (std::string(key) + ".lock"));
}

Result<os::FileLock> ModelStore::lock_changes() const {
    TRY(os::make_directories(folder_ / "locks"));
    return os::FileLock::acquire(folder_ / "locks" / "store.lock", kLockPatience);
}

Result<InstalledModel> ModelStore::read(const fs::path& file) const {
    const auto text = TRY(os::read_file(file, kMaxManifest));
    auto manifest = TRY(
        read_manifest(text).context(fmt::format("{} (remove it, or pull the model again)", file.string())));
    InstalledModel model{.name = manifest.name,
                         .file = first_blob(manifest.sha256, manifest.parts.size()),
                         .size = manifest.size,
                         .sha256 = manifest.sha256,
                         .manifest = {},
                         .complete = true,
                         .problem = {},
                         .foreign_store = {}};
    model.complete = size_with_parts(model.file) == manifest.size;
    model.manifest = std::move(manifest);
    return model;
}

Result<std::vector<InstalledModel>> ModelStore::list_own() const {
    std::vector<InstalledModel> models;
    const auto files = TRY(entries_of(folder_ / "manifests"));
    for (const auto& file : files) {
        if (file.extension() != ".json") continue;
        auto model = read(file);
        if (!model && model.error().code() == Code::kNotFound) continue;  // removed since the folder was read
        models.push_back(TRY(std::move(model)));
    }
    return models;
}

Result<std::vector<InstalledModel>> ModelStore::list() const {
    auto models = TRY(list_own());
    std::set<std::string> names;
    for (const auto& model : models)
        names.insert(model.name);
    for (const auto& folder : foreign_)
        for (auto& model : OllamaStore(folder).list())
            if (names.insert(model.name).second) models.push_back(std::move(model));
    return models;
}

// The installed model that a name means, whether or not its file is still there.
Result<InstalledModel> ModelStore::resolve_own(std::string_view text) const {
    const auto name = TRY(parse_model_name(text));
    auto exact = read(manifest_file(name.text()));
    if (exact || exact.error().code() != Code::kNotFound) return exact;
    const auto models = TRY(list_own());
    std::vector<const InstalledModel*> fitting;
    std::vector<std::string> names;
    for (const auto& model : models) {
        names.push_back(model.name);
        if (std::ranges::find(model.manifest.aliases, name.text()) != model.manifest.aliases.end())
            return model;
        if (name.tag.empty() && model.name.starts_with(name.base + ":")) fitting.push_back(&model);
    }
    for (const auto* model : fitting)
        if (fitting.size() == 1 || model->name == name.base + ":latest") return *model;
    if (fitting.size() > 1) {
        std::vector<std::string> choices;
        for (const auto* model : fitting)
            choices.push_back(model->name);
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' may be any of {}; say which", name.text(), join(choices, ", ")));
    }
    return Error(Code::kNotFound, fmt::format("model '{}' is not installed.{} Get it with: hearth pull {}",
                                              name.text(), did_you_mean(name.text(), names), name.text()));
}

Result<InstalledModel> ModelStore::resolve(std::string_view text) const {
    auto own = resolve_own(text);
    if (own || own.error().code() != Code::kNotFound) return own;
    for (const auto& folder : foreign_) {
        auto foreign = OllamaStore(folder).find(TRY(parse_model_name(text)));
        if (foreign || foreign.error().code() != Code::kNotFound) return foreign;
    }
    return own;
}

Result<InstalledModel> ModelStore::find(std::string_view name_or_path) const {
    if (looks_like_path(name_or_path)) return file_by_path(name_or_path);
    return find_name(name_or_path);
}

Result<InstalledModel> ModelStore::find_name(std::string_view name) const {
    auto model = TRY(resolve(name));
    if (!model.problem.empty()) return Error(Code::kCorrupt, model.problem);
    if (!model.complete) {
        return Error(Code::kCorrupt,
                     fmt::format("the file of model '{}' is gone or was cut ({}). Get it again with: "
                                 "hearth pull {}",
                                 model.name, model.file.string(), model.name));
    }
    return model;
}

Result<InstalledModel> ModelStore::record(std::string_view text, std::string_view sha256,
                                          const std::vector<ManifestPart>& parts,
                                          const InstallNotes& notes) const {
    const auto name = TRY(parse_model_name(text)).text();
    const auto file = first_blob(sha256, parts.size());
    const auto model = TRY(read_model(file));
    const auto facts = TRY(model_facts(model.header, model.size).context(file.string()));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const Manifest manifest{
        .name = name,
        .sha256 = std::string(sha256),
        .size = model.size,
        .parts = parts,
        .aliases = notes.aliases,
        .title = to_valid_utf8(notes.title.empty() ? facts.name : notes.title),
        .quantisation = facts.quantisation,
        .licence = to_valid_utf8(notes.licence.empty() ? facts.licence : notes.licence),
        .source = to_valid_utf8(notes.source),
        .context = facts.context_length,
        .installed_at = std::chrono::duration_cast<std::chrono::seconds>(now).count(),
        .defaults = notes.defaults,
    };
    TRY(os::write_file_atomic(manifest_file(name), write_manifest(manifest)));
    return read(manifest_file(name));
}

Result<InstalledModel> ModelStore::install(std::string_view name, const fs::path& verified_file,
                                           std::string_view sha256, const InstallNotes& notes) const {
    TRY(parse_model_name(name));
    HEARTH_ASSERT(is_sha256(sha256));
    const auto header = TRY(read_gguf(verified_file));
    TRY(check_whole(header).context(verified_file.string()));
    TRY(model_facts(header, Bytes{0}).context(verified_file.string()));
    TRY(sync_file(verified_file));
    TRY(os::make_directories(folder_ / "blobs"));
    const auto lock = TRY(lock_changes());
    const auto target = blob(sha256);
    // Renaming over a blob that is there leaves programs that have it mapped with the old file, which is the same.
    if (::rename(verified_file.c_str(), target.c_str()) != 0)
        return errno_error(errno, fmt::format("moving {} to {}", verified_file.string(), target.string()));
    TRY(os::sync_folder(target.parent_path()));
    return record(name, sha256, {}, notes);
}

Result<InstalledModel> ModelStore::install_parts(std::string_view name,
                                                 const std::vector<VerifiedPart>& parts,
                                                 const InstallNotes& notes) const {
    TRY(parse_model_name(name));
    HEARTH_ASSERT(parts.size() > 1 && parts.size() <= kMostParts);
    std::vector<ManifestPart> kept;
    for (const auto& part : parts) {
        HEARTH_ASSERT(is_sha256(part.sha256));
        TRY(sync_file(part.file));
        kept.push_back({.sha256 = part.sha256, .size = part.size});
    }
    const auto whole = sha256_of_parts(kept);
    TRY(os::make_directories(folder_ / "blobs"));
    const auto lock = TRY(lock_changes());
    const auto targets = all_parts(first_blob(whole, parts.size()).string());
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (::rename(parts[i].file.c_str(), targets[i].c_str()) != 0)
            return errno_error(errno, fmt::format("moving {} to {}", parts[i].file.string(), targets[i]));
    TRY(os::sync_folder(folder_ / "blobs"));
    return record(name, whole, kept, notes);
}

Result<InstalledModel> ModelStore::adopt(std::string_view name, std::string_view sha256,
                                         const InstallNotes& notes) const {
    HEARTH_ASSERT(is_sha256(sha256));
    const auto lock = TRY(lock_changes());
    const auto models = TRY(list_own());
    const auto same = std::ranges::find(models, sha256, &InstalledModel::sha256);
    return record(name, sha256, same == models.end() ? std::vector<ManifestPart>() : same->manifest.parts,
                  notes);
}

Result<Bytes> ModelStore::remove(std::string_view text) const {
    const auto lock = TRY(lock_changes());
    auto model = resolve_own(text);
    if (!model && model.error().code() == Code::kNotFound) {
        const auto foreign = resolve(text);
        if (foreign && !foreign->foreign_store.empty())
            return Error(
                Code::kPermission,
                fmt::format("{} belongs to Ollama's store in {}, which hearth only reads; remove it with: "
                            "ollama rm {}",
                            foreign->name, foreign->foreign_store.string(), foreign->name));
    }
    if (!model && model.error().code() != Code::kCorrupt) return std::move(model).error();
    // A manifest that cannot be read can still be removed by its name.
    const auto name = model ? model->name : TRY(parse_model_name(text)).text();
    const auto manifest = manifest_file(name);
    if (::unlink(manifest.c_str()) != 0)
        return errno_error(errno, fmt::format("removing {}", manifest.string()));
    auto freed = TRY(sweep());
    if (model) {
        const auto partial = discard_partial(model->sha256);
        if (partial) freed += *partial;
    }
    return freed;
}

Result<Bytes> ModelStore::discard_partial(std::string_view key) const {
    const auto lock = TRY(lock_pull(key));
    return remove_counted(partial_folder(key));
}

// Removes blobs without a name and partial pulls that nobody will finish. The caller has the lock for changes, so
// no blob is between its rename and its manifest.
Result<Bytes> ModelStore::sweep() const {
    Bytes freed{0};
    std::set<std::string> needed;
    const auto models = TRY(list_own());
    for (const auto& model : models)
        needed.insert(model.sha256);
    const auto blobs = TRY(entries_of(folder_ / "blobs"));
    for (const auto& file : blobs) {
        const auto split = parse_split_name(file.filename().string());
        if (!needed.contains(split ? split->front : file.stem().string())) freed += TRY(remove_counted(file));
    }
    freed += TRY(sweep_uploads());
    const auto partials = TRY(entries_of(folder_ / "partial"));
    for (const auto& folder : partials) {
        const bool old = is_old(folder);
        const auto key = folder.filename().string();
        if (!old && !needed.contains(key)) continue;
        const auto removed = discard_partial(key);
        if (removed) freed += *removed;
        // One that is being pulled right now is left alone.
        if (!removed && removed.error().code() != Code::kConflict) return std::move(removed).error();
    }
    return freed;
}

// Files that were uploaded and never became a model, and what a killed server left of others.
Result<Bytes> ModelStore::sweep_uploads() const {
    Bytes freed{0};
    const auto files = TRY(entries_of(uploads()));
    for (const auto& file : files)
        if (is_old(file)) freed += TRY(remove_counted(file));
    return freed;
}

}  // namespace hearth::model
