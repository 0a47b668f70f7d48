#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"

// Signatures by Ed25519 (RFC 8032), made and checked by libsodium. Threads: pure, any thread.
namespace hearth::os {

inline constexpr std::size_t kSignatureBytes = 64;

// What a secret key is made of.
struct SigningSeed {
    std::array<std::uint8_t, 32> bytes{};
};

struct SigningKey {  // the public half
    std::array<std::uint8_t, 32> bytes{};

    friend bool operator==(const SigningKey&, const SigningKey&) = default;
};

struct Signature {
    std::array<std::uint8_t, kSignatureBytes> bytes{};
};

// From the system's random device. Errors: kUnavailable where it has none.
[[nodiscard]] Result<SigningSeed> new_signing_seed();

[[nodiscard]] SigningKey public_key_of(const SigningSeed& seed);

[[nodiscard]] Signature sign(const SigningSeed& seed, std::string_view message);

// False, too, for a key that is no point of the curve or of small order, and for a signature that is not in its one form.
[[nodiscard]] bool is_signed_by(const SigningKey& key, std::string_view message, const Signature& signature);

}  // namespace hearth::os
