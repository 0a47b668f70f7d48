#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::model {

// A model file on this machine, verified when it was installed.
struct InstalledModel {
    std::string name;            // "qwen2.5-coder:1.5b"
    std::filesystem::path file;  // the GGUF
    Bytes size{0};
    std::string sha256;
};

// Model files by name under <data>/models: blobs by hash, one small JSON manifest a name. A manifest exists
// only once its blob is complete and verified, so a torn pull never shows as a model. Threads: any;
// concurrent processes are safe (atomic manifests, a lock per blob).
class ModelStore {
public:
    explicit ModelStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // By name, by alias without a tag when just one model fits, or by a path to a .gguf file (checked as a
    // header, not hashed). Errors: kNotFound with the nearest names and the command that gets it.
    [[nodiscard]] Result<InstalledModel> find(std::string_view name_or_path) const;

    [[nodiscard]] Result<std::vector<InstalledModel>> list() const;

    // Moves a verified file into the store under a name.
    [[nodiscard]] Result<InstalledModel> install(std::string_view name,
                                                 const std::filesystem::path& verified_file,
                                                 std::string_view sha256) const;

    // Removes the name, and the blob when no other name needs it.
    [[nodiscard]] Status remove(std::string_view name) const;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    std::filesystem::path folder_;
};

}  // namespace hearth::model
