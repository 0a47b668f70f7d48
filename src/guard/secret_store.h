#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/known_secrets.h"
#include "core/result.h"

namespace hearth::guard {

// A secret of somebody else's service. It has no form to print: who needs its bytes says so. They are wiped at its end.
class Secret {
public:
    ~Secret() { wipe(bytes_); }

    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;

    // Errors: kInvalidInput for what cannot stand in a header of HTTP: 1 to 8192 visible ASCII characters. The message does not repeat it.
    static Result<Secret> from_text(std::string_view text);

    [[nodiscard]] const std::string& reveal() const { return bytes_; }

    bool operator==(const Secret&) const = default;

private:
    explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}

    std::string bytes_;
};

// "openai", "desk-2": 1 to 64 of a-z, A-Z, 0-9, '.', '_' and '-', not '.' in front. Errors: kInvalidInput. Pure.
[[nodiscard]] Status check_secret_name(std::string_view name);

// Secrets of services elsewhere by name, a file each (0600) in a folder of this user's alone (0700).
//
// They are kept as they are: what can read the files of this user can use them, as it can use a client's own.
// Errors of all: those of the files; kPermission when the folder or a file is open to others, with the command that closes it.
// Threads: any; blocks.
class SecretStore {
public:
    // The folder is made when something is put there.
    explicit SecretStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // Replaces an older one in one step. Errors: kInvalidInput for a name that cannot be.
    [[nodiscard]] Status set(std::string_view name, const Secret& secret) const;

    // Errors: kNotFound with the command that sets it.
    [[nodiscard]] Result<Secret> get(std::string_view name) const;

    // Names in their order.
    [[nodiscard]] Result<std::vector<std::string>> list() const;

    // All that are kept, to be found in texts. What is too short for that, or cannot be read, is left out.
    [[nodiscard]] KnownSecrets known() const;

    // Errors: kNotFound.
    [[nodiscard]] Status remove(std::string_view name) const;

private:
    std::filesystem::path folder_;
};

}  // namespace hearth::guard
