#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "os/ed25519.h"

// Keys that catalogues are signed with, each a file of one line:
//     hearth-catalogue-public-key BASE64     NAME.pub, to be given to everybody
//     hearth-catalogue-secret-key BASE64     NAME.key, for its owner alone (0600): the seed
namespace hearth::model {

struct TrustedKey {
    std::string name;  // of its file, without ".pub"
    os::SigningKey key;
};

// Sixteen hexadecimal digits that tell keys apart: the front of the key's SHA-256. Pure.
[[nodiscard]] std::string key_id(const os::SigningKey& key);

[[nodiscard]] std::string public_key_text(const os::SigningKey& key);
[[nodiscard]] std::string secret_key_text(const os::SigningSeed& seed);

// Errors: kInvalidInput for any other text; it is not repeated. Pure.
[[nodiscard]] Result<os::SigningKey> parse_public_key(std::string_view text);
[[nodiscard]] Result<os::SigningSeed> parse_secret_key(std::string_view text);

// Errors: of parsing and reading, with the file; a secret key in place of the public one is named as such.
[[nodiscard]] Result<TrustedKey> read_public_key(const std::filesystem::path& file);

// Errors: likewise; kPermission when others can read it, with the command that closes it.
[[nodiscard]] Result<os::SigningSeed> read_secret_key(const std::filesystem::path& file);

// *.pub of a folder by name; none without the folder. Errors: as read_public_key.
[[nodiscard]] Result<std::vector<TrustedKey>> read_trusted_keys(const std::filesystem::path& folder);

// Writes NAME.key (0600) and NAME.pub into a folder. Errors: kConflict when one of them is there; kInvalidInput for a name that is not made
// of letters, digits, '.', '_' and '-'; of writing.
[[nodiscard]] Result<os::SigningKey> make_key_pair(const std::filesystem::path& folder,
                                                   std::string_view name);

}  // namespace hearth::model
