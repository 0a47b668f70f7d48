#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/model_defaults.h"

namespace hearth::model {

// One file of a model that comes in several.
struct ManifestPart {
    std::string sha256;
    Bytes size{0};

    friend bool operator==(const ManifestPart&, const ManifestPart&) = default;
};

// What the store keeps about an installed model beside its file: one small JSON object.
struct Manifest {
    std::string name;
    std::string sha256;                // also names the blob; of several files sha256_of_parts()
    Bytes size{0};                     // of all files
    std::vector<ManifestPart> parts;   // in order; empty for a model of one file
    std::vector<std::string> aliases;  // other names it answers to, from the catalogue
    std::string title;
    std::string quantisation;
    std::string licence;
    std::string source;  // where it came from, in words
    Tokens context{0};
    std::int64_t installed_at = 0;  // seconds since 1970
    ModelDefaults defaults;

    friend bool operator==(const Manifest&, const Manifest&) = default;
};

[[nodiscard]] std::string write_manifest(const Manifest& manifest);

// Errors: kCorrupt for anything that write_manifest cannot have written. Unknown members are passed over, so that an
// older hearth reads what a newer one wrote. Threads: pure.
[[nodiscard]] Result<Manifest> read_manifest(std::string_view text);

// What names several files as one: the SHA-256 of their hashes, each on a line of its own. Pure.
[[nodiscard]] std::string sha256_of_parts(const std::vector<ManifestPart>& parts);

// 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_sha256(std::string_view text);

}  // namespace hearth::model
