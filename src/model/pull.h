#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/catalogue.h"
#include "model/fetch.h"
#include "model/store.h"

namespace hearth::model {

// One file of a model that comes in several.
struct PullPart {
    Source source;
    std::optional<Bytes> size;
    std::optional<std::string> sha256;
};

// A model to get and what to call it.
struct PullRequest {
    std::string name;             // in the store
    std::vector<Source> sources;  // tried in this order; that of the first part alone where there are parts
    std::vector<PullPart> parts;  // in order; empty for a model of one file
    std::optional<Bytes> size;
    std::optional<std::string> sha256;  // without one, the file only has to be a whole model by its header
    InstallNotes notes;
    bool replace = false;  // another model of that name may be replaced (the catalogue has a newer file)
    bool rehash = false;   // verify the file again even if the model is installed
};

[[nodiscard]] PullRequest request_for(const CatalogueEntry& entry);

// A URL (http, https) or a path to a file; `name` may be empty (taken from the file name), `sha256` too. One part of a model in several files
// (gguf_split.h) stands for all of them.
// Errors: kInvalidInput for a bad name or hash, and for a hash of several files; kNotFound for a path where nothing is.
[[nodiscard]] Result<PullRequest> request_for_file(std::string_view url_or_path, std::string_view name,
                                                   std::string_view sha256);

// Told of what goes on; called from the thread that pulls. Either may be empty.
struct PullObserver {
    enum class Phase : std::uint8_t { kFetching, kVerifying };
    std::function<void(Phase, Bytes done, std::optional<Bytes> total)> progress;
    std::function<void(std::string_view)> notice;  // a sentence for a person, when something needs one
};

struct Pulled {
    InstalledModel model;
    bool was_here = false;  // nothing had to be fetched
};

// Gets a model into the store. What arrives is kept in the store's partial folder until the model is installed, so an
// interrupted pull goes on where it ended. A source that fails, or whose bytes are not the model, is named in a notice
// and the next one is tried; nothing unverified is ever installed. A second pull of the same model waits for the first.
// Errors: kCancelled; kDiskFull; kConflict when the name belongs to another model; when every source
// failed, kCorrupt if all of them had wrong bytes, else kUnavailable, with the reason of each.
// Threads: any; blocks.
[[nodiscard]] Result<Pulled> pull(const PullRequest& request, const ModelStore& store,
                                  const PullObserver& observer, std::stop_token stop,
                                  const PackageTools& tools = {});

}  // namespace hearth::model
