#include "model/catalogue_key.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>

#include "core/base64.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPublic = "hearth-catalogue-public-key ";
constexpr std::string_view kSecret = "hearth-catalogue-secret-key ";
constexpr std::size_t kMostKeyFile = 4096;
constexpr std::size_t kMostName = 64;
constexpr std::size_t kIdDigits = 16;
constexpr mode_t kOfOthers = 077;

template <std::size_t N>
std::string_view text_of(const std::array<std::uint8_t, N>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes behind the word that says what they are.
template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> bytes_after(std::string_view word, std::string_view text) {
    text = trim(text);
    if (!text.starts_with(word)) return std::nullopt;
    const auto decoded = decode_base64(text.substr(word.size()));
    if (!decoded || decoded->size() != N) return std::nullopt;
    std::array<std::uint8_t, N> bytes{};
    std::ranges::copy(*decoded, bytes.begin());
    return bytes;
}

Status check_name(std::string_view name) {
    const bool good = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    if (!name.empty() && name.size() <= kMostName && good && name.front() != '.') return {};
    return Error(Code::kInvalidInput,
                 fmt::format("the name of a key has 1 to {} letters, digits, '-', '_' and '.', and does not "
                             "begin with '.'",
                             kMostName));
}

}  // namespace

std::string key_id(const os::SigningKey& key) { return os::sha256(text_of(key.bytes)).substr(0, kIdDigits); }

std::string public_key_text(const os::SigningKey& key) {
    return fmt::format("{}{}\n", kPublic, encode_base64(text_of(key.bytes)));
}

std::string secret_key_text(const os::SigningSeed& seed) {
    return fmt::format("{}{}\n", kSecret, encode_base64(text_of(seed.bytes)));
}

Result<os::SigningKey> parse_public_key(std::string_view text) {
    if (trim(text).starts_with(trim(kSecret)))
        return Error(Code::kInvalidInput,
                     "this is a secret key: the public one is in the file beside it, NAME.pub");
    const auto bytes = bytes_after<sizeof(os::SigningKey)>(kPublic, text);
    if (!bytes)
        return Error(Code::kInvalidInput,
                     fmt::format("a public key is one line, '{}' and 44 characters of base64", kPublic));
    return os::SigningKey{*bytes};
}

Result<os::SigningSeed> parse_secret_key(std::string_view text) {
    if (trim(text).starts_with(trim(kPublic)))
        return Error(Code::kInvalidInput,
                     "this is a public key: the secret one is in the file beside it, NAME.key");
    const auto bytes = bytes_after<sizeof(os::SigningSeed)>(kSecret, text);
    if (!bytes)
        return Error(
            Code::kInvalidInput,
            "this is no secret key for catalogues; `hearth catalogue keygen NAME` makes one in NAME.key");
    return os::SigningSeed{*bytes};
}

Result<TrustedKey> read_public_key(const fs::path& file) {
    const auto text = TRY(os::read_file(file, kMostKeyFile));
    const auto key = TRY(parse_public_key(text).context(file.string()));
    return TrustedKey{.name = file.stem().string(), .key = key};
}

Result<os::SigningSeed> read_secret_key(const fs::path& file) {
    const auto text = TRY(os::read_file(file, kMostKeyFile));
    struct stat facts{};
    if (::stat(file.c_str(), &facts) != 0) return errno_error(errno, file.string());
    if ((facts.st_mode & kOfOthers) != 0)
        return Error(Code::kPermission,
                     fmt::format("{0} can be read by others: close it with `chmod go= {0}`", file.string()));
    return parse_secret_key(text).context(file.string());
}

Result<std::vector<TrustedKey>> read_trusted_keys(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ".pub") files.push_back(at->path());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return errno_error(error.value(), fmt::format("reading the keys in {}", folder.string()));
    std::ranges::sort(files);
    std::vector<TrustedKey> keys;
    for (const auto& file : files)
        keys.push_back(TRY(read_public_key(file)));
    return keys;
}

Result<os::SigningKey> make_key_pair(const fs::path& folder, std::string_view name) {
    TRY(check_name(name));
    const fs::path secret = folder / fmt::format("{}.key", name);
    const fs::path open = folder / fmt::format("{}.pub", name);
    for (const auto& file : {secret, open}) {
        std::error_code error;
        if (fs::exists(file, error))
            return Error(Code::kConflict,
                         fmt::format("{} is there already; a key is never overwritten", file.string()));
    }
    const auto seed = TRY(os::new_signing_seed());
    const auto key = os::public_key_of(seed);
    TRY(os::write_file_atomic(secret, secret_key_text(seed), 0600));
    TRY(os::write_file_atomic(open, public_key_text(key)));
    return key;
}

}  // namespace hearth::model
