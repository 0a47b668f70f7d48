#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "guard/key.h"

namespace hearth::guard {

// A key with its secret, which exists here and in the client's hands only: the book keeps its SHA-256.
struct NewKey {
    Key key;
    std::string secret;  // kSecretPrefix and 64 hexadecimal digits: 256 random bits
};

// The keys of this machine, in one SQLite file (0600).
//
// Nothing is cached: what one process changes, the next check() of any other sees. Times are Unix milliseconds.
// Several processes may use one file. Errors of every call: those of store::Database.
// Threads: any; calls wait for each other and for the file.
class KeyBook {
public:
    static Result<KeyBook> open(const std::filesystem::path& file);

    KeyBook(KeyBook&&) noexcept;
    KeyBook& operator=(KeyBook&&) noexcept;
    ~KeyBook();

    // Errors: kInvalidInput as check_terms; kConflict when a key that is not revoked has this name.
    Result<NewKey> create(const KeyTerms& terms, std::int64_t now_ms);

    // The key that a secret belongs to. It is found by its hash, with the same work whether it is known or not.
    // Errors: kPermission, in the same words for a secret that is unknown, revoked or expired.
    Result<Key> check(std::string_view secret, std::int64_t now_ms);

    // All there ever were, oldest first.
    Result<std::vector<Key>> list();

    // From now on it is refused; its name is free again. `key` is a name or an id, here and below.
    // Errors: kNotFound; kConflict when it was revoked before.
    Result<Key> revoke(std::string_view key, std::int64_t now_ms);

    // A new secret for the same key. Older ones are refused after `grace`; with none, at once, also those that were in an
    // earlier grace. Errors: kNotFound; kConflict when it is revoked or expired; kInvalidInput for a negative grace.
    Result<NewKey> rotate(std::string_view key, std::chrono::seconds grace, std::int64_t now_ms);

    // Notes that a key was used. Writes at most once a minute and key.
    Status used(std::string_view id, std::int64_t now_ms);

private:
    struct State;
    explicit KeyBook(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::guard
