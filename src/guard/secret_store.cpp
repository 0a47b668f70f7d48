#include "guard/secret_store.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>

#include "core/text.h"
#include "os/files.h"

namespace hearth::guard {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostName = 64;
constexpr std::size_t kMostSecret = 8192;
constexpr mode_t kOfOthers = 077;

Status check_private(const fs::path& path) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0) return errno_error(errno, path.string());
    if ((facts.st_mode & kOfOthers) == 0) return {};
    return Error(Code::kPermission, fmt::format("{} can be read by others: close it with `chmod go= {}`",
                                                path.string(), path.string()));
}

Error no_such_secret(std::string_view name) {
    return {Code::kNotFound,
            fmt::format("there is no secret '{}': set it with `hearth secret set {}`", name, name)};
}

}  // namespace

Result<Secret> Secret::from_text(std::string_view text) {
    const bool visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    if (text.empty() || text.size() > kMostSecret || !visible)
        return Error(Code::kInvalidInput,
                     fmt::format("a secret has 1 to {} visible ASCII characters, without blanks; this has {} "
                                 "bytes",
                                 kMostSecret, text.size()));
    return Secret(std::string(text));
}

Status check_secret_name(std::string_view name) {
    const bool good = std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '_' || c == '-';
    });
    if (!name.empty() && name.size() <= kMostName && good && name.front() != '.') return {};
    // Not repeated: it may be the secret itself, given in the wrong place.
    return Error(
        Code::kInvalidInput,
        fmt::format("the name of a secret has 1 to {} letters, digits, '-', '_' and '.'", kMostName));
}

Status SecretStore::set(std::string_view name, const Secret& secret) const {
    TRY(check_secret_name(name));
    TRY(os::make_directories(folder_));
    TRY(check_private(folder_));
    return os::write_file_atomic(folder_ / name, secret.reveal(), 0600);
}

Result<Secret> SecretStore::get(std::string_view name) const {
    TRY(check_secret_name(name));
    const fs::path file = folder_ / name;
    auto text = os::read_file(file, kMostSecret + 2);
    if (!text && text.error().code() == Code::kNotFound) return no_such_secret(name);
    if (!text) return text.error();
    TRY(check_private(folder_));
    TRY(check_private(file));
    auto secret = Secret::from_text(trim(*text)).context(file.string());
    wipe(*text);
    return secret;
}

Result<std::vector<std::string>> SecretStore::list() const {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator each(folder_, error);
    if (error == std::errc::no_such_file_or_directory) return names;
    for (; !error && each != fs::directory_iterator(); each.increment(error)) {
        std::string name = each->path().filename().string();
        if (check_secret_name(name)) names.push_back(std::move(name));
    }
    if (error) return errno_error(error.value(), folder_.string());
    std::ranges::sort(names);
    return names;
}

KnownSecrets SecretStore::known() const {
    KnownSecrets all;
    for (const std::string& name : list().value_or(std::vector<std::string>())) {
        // Also of a file that is open to others, which get() does not take.
        auto text = os::read_file(folder_ / name, kMostSecret + 2);
        if (!text) continue;
        all.add(name, trim(*text));
        wipe(*text);
    }
    return all;
}

Status SecretStore::remove(std::string_view name) const {
    TRY(check_secret_name(name));
    std::error_code error;
    const bool removed = fs::remove(folder_ / name, error);
    if (error) return errno_error(error.value(), (folder_ / name).string());
    if (!removed) return Error(Code::kNotFound, fmt::format("there is no secret '{}'", name));
    return os::sync_folder(folder_);
}

}  // namespace hearth::guard
