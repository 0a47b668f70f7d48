#pragma once
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::net {

// The signature of a text by an RSA key, a PEM, as JSON Web Tokens call RS256 (RFC 7518, 3.3: PKCS #1 v1.5 with SHA-256). Bytes.
// Errors: kInvalidInput for what is no private key, one with a passphrase, or one of another kind or under 2048 bits. None holds the key. Threads: pure.
[[nodiscard]] Result<std::string> sign_rs256(std::string_view private_key, std::string_view text);

}  // namespace hearth::net
