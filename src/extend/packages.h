#pragma once
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// Where a package comes from.
struct PackageSource {
    enum class Kind : std::uint8_t { kNpm, kGit, kPath };
    Kind kind = Kind::kPath;
    std::string name;    // npm: the package; git: the address; path: the absolute path
    std::string wanted;  // npm: a version, range or tag; git: a branch, tag or commit; empty: the newest
};

// "npm:NAME[@VERSION]", "git:ADDRESS[@REF]" or an https://, ssh:// or file:// address, else a path. `directory`: where relative ones begin.
// Errors: kInvalidInput. Pure.
[[nodiscard]] Result<PackageSource> parse_source(std::string_view text,
                                                 const std::filesystem::path& directory);

// A package that is installed, pinned to what was installed then.
struct Package {
    std::string source;   // as it was given, without a version; a path is absolute
    std::string wanted;   // version or ref that was asked for; empty for the newest
    std::string version;  // npm: the exact one; git: the commit; path: empty
    std::string hash;     // npm: integrity ("sha512-…") of the archive; git: empty, the commit is one
    std::filesystem::path folder;  // with its package.json
};

// The list of packages as JSON, and back. Errors: kCorrupt, kUnsupported. Pure.
[[nodiscard]] Result<std::vector<Package>> parse_packages(std::string_view json);
[[nodiscard]] std::string packages_json(const std::vector<Package>& packages);

// Packages of a person: the list in one file, what was fetched below a folder. Nothing of a package runs while it is installed (npm gets
// --ignore-scripts). npm's own lock file pins what the package needs, by version and hash.
// Threads: one owner; another process at the same time is refused (kConflict).
class PackageStore {
public:
    PackageStore(std::filesystem::path list, std::filesystem::path folder)
        : list_(std::move(list)), folder_(std::move(folder)) {}

    [[nodiscard]] Result<std::vector<Package>> list() const;

    // Fetches and adds it; one that is there is replaced when the new one is whole. Errors: kUnavailable with what npm or git said;
    // kInvalidInput for what has neither an extension nor skills or prompts; kNotFound without npm or git.
    [[nodiscard]] Result<Package> install(const PackageSource& source, std::stop_token stop) const;

    // Gets it anew as it was asked for: a newer version where none was named. Gives it as it is now.
    [[nodiscard]] Result<Package> update(const Package& package, std::stop_token stop) const;

    // Errors: kNotFound.
    [[nodiscard]] Status remove(std::string_view source) const;

private:
    [[nodiscard]] Result<Package> fetch(const PackageSource& source, const std::filesystem::path& target,
                                        const std::stop_token& stop) const;
    [[nodiscard]] Status keep(const Package& package) const;

    std::filesystem::path list_;
    std::filesystem::path folder_;
};

// The text that names a source in the list.
[[nodiscard]] std::string source_text(const PackageSource& source);

}  // namespace hearth::extend
