#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::net {

struct CertificateFacts {
    std::string fingerprint;  // SHA-256 of it, as browsers and `openssl x509` show it: "AB:CD:..."
    std::string key_pin;      // of its public key, as libcurl takes it: "sha256//BASE64" (RFC 7469, 2.4)
    std::vector<std::string> names;  // that it is good for: "desk", "192.168.1.7", "::1"
    std::chrono::system_clock::time_point expires;
};

// The first certificate of a PEM text. Errors: kInvalidInput. Threads: pure.
[[nodiscard]] Result<CertificateFacts> read_certificate(std::string_view pem);

// A private key on the curve P-256, as PEM. Errors: kInternal, of the source of randomness.
[[nodiscard]] Result<std::string> make_private_key();

// A host's name or address in the form that CertificateFacts::names has ("0:0::1" is "::1"); empty for what is neither. Pure.
[[nodiscard]] std::string certificate_name(const std::string& name);

// A certificate of a server, good for those names and addresses (what is neither is left out) and signed by its own key; nothing else can be signed with it
// (RFC 5280; CA: false). Errors: kInvalidInput for a key that is none. Threads: any.
[[nodiscard]] Result<std::string> self_sign(std::string_view private_key,
                                            const std::vector<std::string>& names,
                                            std::chrono::hours validity);

// A certificate that may sign others and is no server's itself (CA: true, and none below it may sign). Errors: as self_sign().
[[nodiscard]] Result<std::string> self_sign_authority(std::string_view private_key, const std::string& owner,
                                                      std::chrono::hours validity);

// An authority's certificate with its key, both PEM.
struct SigningAuthority {
    std::string certificate;
    std::string private_key;
};

// As self_sign(), but signed by an authority: who trusts that one's certificate trusts this. Errors: as self_sign().
[[nodiscard]] Result<std::string> sign_by(const SigningAuthority& authority, std::string_view private_key,
                                          const std::vector<std::string>& names, std::chrono::hours validity);

}  // namespace hearth::net
