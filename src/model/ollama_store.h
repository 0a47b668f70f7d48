#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "model/model_name.h"
#include "model/store.h"

namespace hearth::model {

// The models that Ollama keeps on this machine, used where they are and never changed:
//     manifests/<host>/<namespace>/<model>/<tag>   image manifests (oci_manifest.h)
//     blobs/sha256-<hex>                           the files, by what is in them
// A name here is what Ollama's own list shows: without its usual host and namespace.
// Source: Ollama's manifest and blob packages. Threads: any; Ollama may write meanwhile, it replaces whole files.
class OllamaStore {
public:
    explicit OllamaStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // By name. Whatever cannot be used is listed as not complete, with the reason as its problem: a manifest that is broken or of no
    // GGUF model, a blob that is missing, cut or no model by its header. A folder that is not there has no models.
    [[nodiscard]] std::vector<InstalledModel> list() const;

    // A name without a tag is that with "latest", else the only one that fits. Errors: kNotFound; kInvalidInput when several fit.
    [[nodiscard]] Result<InstalledModel> find(const ModelName& name) const;

private:
    struct Place {
        std::string name;
        std::filesystem::path manifest;
    };

    [[nodiscard]] std::vector<Place> places() const;
    [[nodiscard]] InstalledModel look(const Place& place) const;
    [[nodiscard]] Status read(const std::filesystem::path& manifest, InstalledModel& model) const;
    [[nodiscard]] std::filesystem::path blob(std::string_view sha256) const;

    std::filesystem::path folder_;
};

// Where Ollama keeps its models on this machine: OLLAMA_MODELS alone when it is set, else the user's and the service's folder.
// Folders that are not there are left out.
[[nodiscard]] std::vector<std::filesystem::path> ollama_store_folders();

}  // namespace hearth::model
