#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/manifest.h"
#include "os/files.h"

namespace hearth::model {

// A model file on this machine, verified when it was installed.
struct InstalledModel {
    std::string name;  // "qwen2.5-coder:1.5b"
    std::filesystem::path
        file;  // the GGUF; of several the first, beside which the others lie under the names that engines look for
    Bytes size{0};       // of all
    std::string sha256;  // empty for a file that is used by its path; of several files sha256_of_parts()
    Manifest manifest;   // what else was noted at installation; empty for a file that is used by its path
    bool complete =
        true;             // false when the file has gone or changed its size since (only list() returns such)
    std::string problem;  // why it is not complete, where more is known
    std::filesystem::path foreign_store;  // of another program, where the file is used in place; empty: ours

    // All its files, in order. Pure.
    [[nodiscard]] std::vector<std::filesystem::path> files() const;
};

// One file of several, verified, on the store's file system.
struct VerifiedPart {
    std::filesystem::path file;
    std::string sha256;
    Bytes size{0};
};

// What is noted with a model when it is installed; the rest comes from the file's own header.
struct InstallNotes {
    std::vector<std::string> aliases;
    std::string title;
    std::string licence;
    std::string source;
    ModelDefaults defaults;
};

// The same for another name of an installed model.
[[nodiscard]] InstallNotes notes_of(const InstalledModel& model);

// Model files by name under <data>/models:
//     manifests/<name>.json   one small JSON object a name
//     blobs/<sha256>.gguf     the files, by what is in them
//     blobs/<sha256>-00001-of-00003.gguf …   those of a model in several files, by the hash of their hashes
//     partial/<key>/          pulls under way, one folder each (pull.h)
//     uploads/<sha256>        verified files that no name was given to yet (upload.h)
//     locks/                  who works on what; empty files that stay
// A manifest exists only once its blob is complete and verified, so a torn pull never shows as a model.
// Models in the stores of other programs (ollama_store.h) are found and listed after ours, and never touched.
// Threads: any; concurrent processes are safe (atomic manifests, one lock for changes, a lock per pull).
class ModelStore {
public:
    explicit ModelStore(std::filesystem::path folder, std::vector<std::filesystem::path> foreign = {})
        : folder_(std::move(folder)), foreign_(std::move(foreign)) {}

    // By name, by alias, by name without a tag (when just one model fits, else the one with the tag "latest"), or by a path to a .gguf
    // file (one that begins with '/' or '.', ends so, or is there; checked as a header, not hashed).
    // Errors: kNotFound with the nearest names and the command that gets it; kInvalidInput when several fit;
    // kCorrupt when its file has gone.
    [[nodiscard]] Result<InstalledModel> find(std::string_view name_or_path) const;

    // By name only: what other machines ask for must not look at files here. Errors: as find().
    [[nodiscard]] Result<InstalledModel> find_name(std::string_view name) const;

    // Another value after each change of what find_name() finds of ours. Nothing while the last change is so fresh that a further one
    // might not show. One look at a folder.
    [[nodiscard]] std::optional<std::int64_t> names_stamp() const;

    // By name, ours first. Errors: kCorrupt naming a manifest of ours that cannot be read.
    [[nodiscard]] Result<std::vector<InstalledModel>> list() const;

    // The same without those in foreign stores.
    [[nodiscard]] Result<std::vector<InstalledModel>> list_own() const;

    // Moves a verified file into the store under a name; the file must be on the store's file system (make it in
    // partial_folder). A model of that name is replaced. A blob with that hash that is already there is
    // replaced (it has the same bytes).
    // Errors: as read_gguf, check_whole and model_facts when it is no model by itself, whatever its hash; kConflict when another process
    // keeps the store's lock for over ten seconds.
    [[nodiscard]] Result<InstalledModel> install(std::string_view name,
                                                 const std::filesystem::path& verified_file,
                                                 std::string_view sha256,
                                                 const InstallNotes& notes = {}) const;

    // The same for a model in several files, in order, which were checked together. Errors: as install(), also as read_model.
    [[nodiscard]] Result<InstalledModel> install_parts(std::string_view name,
                                                       const std::vector<VerifiedPart>& parts,
                                                       const InstallNotes& notes = {}) const;

    // Gives a blob that is already here another name (or its name again). Errors: kNotFound without such a blob.
    [[nodiscard]] Result<InstalledModel> adopt(std::string_view name, std::string_view sha256,
                                               const InstallNotes& notes = {}) const;

    // Removes the name; its blob when no other name needs it; partial pulls of that blob, of blobs that are here and
    // of those that nobody has touched for 30 days. Returns the bytes that became free.
    // Errors: as find() for unknown names; kPermission for one in a foreign store.
    [[nodiscard]] Result<Bytes> remove(std::string_view name) const;

    // Removes what an unfinished pull of this blob left; 0 when there was nothing.
    // Errors: kConflict when that pull is running.
    [[nodiscard]] Result<Bytes> discard_partial(std::string_view key) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    [[nodiscard]] std::filesystem::path blob(std::string_view sha256) const;

    [[nodiscard]] std::filesystem::path uploads() const { return folder_ / "uploads"; }

    [[nodiscard]] std::filesystem::path partial_folder(std::string_view key) const;

    // The lock of one pull. Errors: kConflict while another process has it.
    [[nodiscard]] Result<os::FileLock> lock_pull(std::string_view key) const;

private:
    [[nodiscard]] std::filesystem::path manifest_file(std::string_view name) const;
    [[nodiscard]] Result<InstalledModel> read(const std::filesystem::path& manifest) const;
    [[nodiscard]] Result<InstalledModel> resolve(std::string_view name) const;
    [[nodiscard]] Result<InstalledModel> resolve_own(std::string_view name) const;
    [[nodiscard]] Result<os::FileLock> lock_changes() const;
    [[nodiscard]] Result<InstalledModel> record(std::string_view name, std::string_view sha256,
                                                const std::vector<ManifestPart>& parts,
                                                const InstallNotes& notes) const;
    [[nodiscard]] std::filesystem::path first_blob(std::string_view sha256, std::size_t parts) const;
    [[nodiscard]] Result<Bytes> sweep() const;
    [[nodiscard]] Result<Bytes> sweep_uploads() const;

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> foreign_;
};

}  // namespace hearth::model
