#pragma once
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "model/catalogue.h"
#include "model/catalogue_key.h"

namespace hearth::model {

// Where an update is put: <data>/catalogue/catalogue.toml, the signed file as it came. One file, replaced in one step, so a kill at any
// moment leaves the old one or the new one. Catalogue folders (catalogue.h) have it above what ships and below the user's own.
[[nodiscard]] std::filesystem::path update_file(const std::filesystem::path& data);

// A text that is fit to be an update: signed by one of the keys, with a version, and right when it stands alone: all successors are in
// it, and no path is relative, as a path beside its own file is there no more.
struct CheckedUpdate {
    CatalogueLayer layer;
    TrustedKey signer;
};

// `file` is where it will be. Errors: as split_signature and signer_of; kInvalidInput with all faults. Threads: pure.
[[nodiscard]] Result<CheckedUpdate> check_update(std::string_view text, const std::filesystem::path& file,
                                                 std::span<const TrustedKey> keys);

// The same for what is about to be signed. Errors: kInvalidInput. Threads: pure.
[[nodiscard]] Result<CatalogueLayer> check_publishable(std::string_view body,
                                                       const std::filesystem::path& file);

// What a person who has models wants to know of a newer catalogue; each list by name.
struct CatalogueChanges {
    std::vector<std::string> added;
    std::vector<std::string> changed;  // other bytes under the same name
    std::vector<LifecycleOf> deprecated;
    std::vector<LifecycleOf> delisted;
    std::vector<std::string> relisted;  // current again
    std::vector<std::string> removed;
};

[[nodiscard]] CatalogueChanges changes_between(const Catalogue& before, const Catalogue& after);

struct UpdateRequest {
    std::string from;  // http or https address, or a path
    std::vector<TrustedKey> keys;
    std::vector<std::filesystem::path> folders;  // catalogue_folders(); one of them is update_file's
    std::filesystem::path file;                  // update_file()
};

struct Updated {
    std::int64_t version = 0;
    std::int64_t old_version = 0;  // 0: there was none
    std::string signer;
    std::size_t models = 0;
    bool was_here = false;  // these very bytes
    CatalogueChanges changes;
};

// Gets, checks and installs an update. Nothing is written unless all is right, together with the user's own entries too.
// Errors: as check_update; kConflict for a version that is older than the installed one, for other bytes under the same version, and
// while another update is under way; kTooLarge over kMostCatalogueBytes; of the network, of reading, of writing (kDiskFull).
// Threads: any; blocks.
[[nodiscard]] Result<Updated> update_catalogue(const UpdateRequest& request, const std::stop_token& stop);

// Removes the installed update, so that what ships holds again and any version can be installed. False when there was none.
// Errors: kConflict while an update is under way.
[[nodiscard]] Result<bool> forget_update(const std::filesystem::path& file);

}  // namespace hearth::model
