#include "egress/session_authority.h"

#include <chrono>
#include <cstddef>

#include "core/ids.h"

namespace hearth::egress {
namespace {

constexpr std::chrono::hours kValid{24 * 30};  // longer than a session
constexpr std::size_t kMostKept = 256;

}  // namespace

Result<SessionAuthority> SessionAuthority::create() {
    SessionAuthority made;
    constexpr std::size_t kDigits = 8;
    made.key_ = TRY(net::make_private_key());
    made.authority_.private_key = TRY(net::make_private_key());
    made.authority_.certificate =
        TRY(net::self_sign_authority(made.authority_.private_key, "session " + random_hex(kDigits), kValid));
    return made;
}

Result<std::shared_ptr<const net::TlsIdentity>> SessionAuthority::identity(const std::string& host) {
    if (const auto found = made_.find(host); found != made_.end()) return found->second;
    if (made_.size() >= kMostKept) made_.clear();
    const std::string certificate = TRY(net::sign_by(authority_, key_, {host}, kValid));
    auto identity = TRY(net::TlsIdentity::make(certificate, key_));
    made_.emplace(host, identity);
    return identity;
}

}  // namespace hearth::egress
