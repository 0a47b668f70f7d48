#include "model/catalogue_update.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "core/text.h"
#include "model/catalogue_check.h"
#include "model/catalogue_signature.h"
#include "net/download.h"
#include "net/fetch_text.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr int kOk = 200;

bool is_url(std::string_view text) { return text.starts_with("http://") || text.starts_with("https://"); }

Result<std::string> fetch(const std::string& from, const std::stop_token& stop) {
    if (!is_url(from)) {
        auto text = os::read_file(from, kMostCatalogueBytes);
        if (!text && text.error().code() == Code::kNotFound)
            return Error(Code::kNotFound,
                         text.error().message() + " (an address begins with https:// or http://)");
        return text;
    }
    auto answer = TRY(net::fetch_text(from, {}, kMostCatalogueBytes, stop).context(from));
    if (answer.status != kOk) return net::status_error(answer.status, from);
    return std::move(answer.body);
}

// What is installed now, as far as it can be used: one that is broken is there to be replaced.
CatalogueLayer installed_layer(const fs::path& file) {
    const auto text = os::read_file(file, kMostCatalogueBytes);
    if (!text) return {};
    auto layer = parse_catalogue(*text, file);
    return layer ? *std::move(layer) : CatalogueLayer{};
}

// All folders, with `update` in place of what is installed.
Result<std::vector<CatalogueLayer>> layers_with(const UpdateRequest& request, const CatalogueLayer& update) {
    std::vector<CatalogueLayer> layers;
    for (const auto& folder : request.folders)
        layers.push_back(folder == request.file.parent_path() ? update : TRY(read_layer(folder)));
    return layers;
}

Status check_version(const CheckedUpdate& update, const CatalogueLayer& installed) {
    if (update.layer.version > installed.version) return {};
    if (update.layer.version == installed.version)
        return Error(Code::kConflict,
                     fmt::format("its version {} is the one that is installed, and it is another catalogue: "
                                 "who publishes it has to raise 'version'",
                                 installed.version));
    return Error(
        Code::kConflict,
        fmt::format("its version {} is older than the installed version {}, so it is not taken: an old "
                    "catalogue may offer what was delisted since. If it is meant, `hearth catalogue rm` "
                    "forgets the installed one first",
                    update.layer.version, installed.version));
}

// What writes that were killed have left. Only one process is here at a time.
void sweep(const fs::path& folder) {
    std::vector<fs::path> left;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".tmp") left.push_back(at->path());
    }
    for (const auto& file : left)
        fs::remove(file, error);
}

Result<os::FileLock> lock(const fs::path& file) {
    TRY(os::make_directories(file.parent_path()));
    auto held = os::FileLock::try_acquire(file.parent_path() / "lock");
    if (!held && held.error().code() == Code::kConflict)
        return Error(Code::kConflict, "another `hearth catalogue` changes the catalogue right now");
    return held;
}

Result<Updated> install(const UpdateRequest& request, const std::string& text, const CheckedUpdate& update) {
    const auto held = TRY(lock(request.file));
    sweep(request.file.parent_path());
    const auto installed = installed_layer(request.file);
    Updated updated{.version = update.layer.version,
                    .old_version = installed.version,
                    .signer = update.signer.name,
                    .models = update.layer.entries.size(),
                    .was_here = false,
                    .changes = {}};
    if (const auto here = os::read_file(request.file, kMostCatalogueBytes); here && *here == text) {
        updated.was_here = true;
        return updated;
    }
    TRY(check_version(update, installed));
    const auto after = TRY(Catalogue::from_layers(TRY(layers_with(request, update.layer)))
                               .context("it does not go with the other catalogues here"));
    const auto before = Catalogue::merged(TRY(layers_with(request, installed)));
    TRY(os::write_file_atomic(request.file, text));
    updated.changes = changes_between(before, after);
    return updated;
}

}  // namespace

fs::path update_file(const fs::path& data) { return data / "catalogue" / "catalogue.toml"; }

Result<CatalogueLayer> check_publishable(std::string_view body, const fs::path& file) {
    auto layer = TRY(parse_catalogue(body, file));
    if (layer.version == 0)
        return Error(Code::kInvalidInput,
                     fmt::format("{}: it has no version: put a line as 'version = 1' in front, and raise it "
                                 "with each change that is published",
                                 file.string()));
    for (const auto& entry : layer.entries) {
        for (const auto& source : entry.sources) {
            const auto* path = std::get_if<PathSource>(&source);
            if (path == nullptr || !path->beside) continue;
            layer.faults.push_back(
                {.model = entry.name,
                 .error =
                     Error(Code::kInvalidInput,
                           fmt::format("{}: {}: the path {} is given from the catalogue's own folder, and "
                                       "is not there where the catalogue goes: give it from '/'",
                                       file.string(), entry.name, path->path.string()))});
        }
    }
    TRY(faults_as_error(check_catalogue({layer}, {})));
    return layer;
}

Result<CheckedUpdate> check_update(std::string_view text, const fs::path& file,
                                   std::span<const TrustedKey> keys) {
    const auto parts = TRY(split_signature(text));
    auto signer = TRY(signer_of(parts, keys));
    return CheckedUpdate{.layer = TRY(check_publishable(parts.body, file)), .signer = std::move(signer)};
}

CatalogueChanges changes_between(const Catalogue& before, const Catalogue& after) {
    CatalogueChanges changes;
    const auto entry_in = [](const Catalogue& catalogue, const std::string& name) -> const CatalogueEntry* {
        const auto at = std::ranges::lower_bound(catalogue.entries(), name, {}, &CatalogueEntry::name);
        return at != catalogue.entries().end() && at->name == name ? &*at : nullptr;
    };
    for (const auto& entry : after.entries()) {
        const auto* old = entry_in(before, entry.name);
        const auto status = entry.lifecycle.status;
        if (old == nullptr && status != Listing::kDelisted) changes.added.push_back(entry.name);
        if (old != nullptr && old->sha256 != entry.sha256) changes.changed.push_back(entry.name);
        if ((old != nullptr ? old->lifecycle.status : Listing::kCurrent) == status) continue;
        if (status == Listing::kDeprecated) changes.deprecated.push_back(after.lifecycle_of(entry));
        if (status == Listing::kDelisted) changes.delisted.push_back(after.lifecycle_of(entry));
        if (status == Listing::kCurrent) changes.relisted.push_back(entry.name);
    }
    for (const auto& entry : before.entries())
        if (entry_in(after, entry.name) == nullptr) changes.removed.push_back(entry.name);
    return changes;
}

Result<Updated> update_catalogue(const UpdateRequest& request, const std::stop_token& stop) {
    const auto text = TRY(fetch(request.from, stop));
    auto checked = check_update(text, request.file, request.keys);
    if (!checked) return checked.error().with_context("the catalogue from " + request.from);
    return install(request, text, *checked).context("the catalogue from " + request.from);
}

Result<bool> forget_update(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error)) return false;
    const auto held = TRY(lock(file));
    TRY(os::remove_tree(file));
    return true;
}

}  // namespace hearth::model
