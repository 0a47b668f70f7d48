#include "os/ed25519.h"

#include <cerrno>
#include <sodium/utils.h>
#include <sys/random.h>

#include <sodium/crypto_sign_ed25519.h>

namespace hearth::os {
namespace {

static_assert(sizeof(SigningSeed) == crypto_sign_ed25519_SEEDBYTES);
static_assert(sizeof(SigningKey) == crypto_sign_ed25519_PUBLICKEYBYTES);
static_assert(sizeof(Signature) == crypto_sign_ed25519_BYTES);

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// libsodium's form of a secret key: the seed and the public key behind it. Wiped when it ends.
struct SodiumKey {
    std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> bytes{};
    SigningKey key;

    explicit SodiumKey(const SigningSeed& seed) {
        crypto_sign_ed25519_seed_keypair(key.bytes.data(), bytes.data(), seed.bytes.data());
    }

    SodiumKey(const SodiumKey&) = delete;
    SodiumKey& operator=(const SodiumKey&) = delete;

    ~SodiumKey() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

Result<SigningSeed> new_signing_seed() {
    SigningSeed seed;
    const ssize_t got = ::getrandom(seed.bytes.data(), seed.bytes.size(), 0);
    if (got != static_cast<ssize_t>(seed.bytes.size()))
        return Error(Code::kUnavailable, "the system gives no random bytes for a key");
    return seed;
}

SigningKey public_key_of(const SigningSeed& seed) { return SodiumKey(seed).key; }

Signature sign(const SigningSeed& seed, std::string_view message) {
    const SodiumKey secret(seed);
    Signature signature;
    crypto_sign_ed25519_detached(signature.bytes.data(), nullptr, bytes_of(message), message.size(),
                                 secret.bytes.data());
    return signature;
}

bool is_signed_by(const SigningKey& key, std::string_view message, const Signature& signature) {
    return crypto_sign_ed25519_verify_detached(signature.bytes.data(), bytes_of(message), message.size(),
                                               key.bytes.data()) == 0;
}

}  // namespace hearth::os
