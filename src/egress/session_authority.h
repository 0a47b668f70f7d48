#pragma once
#include <map>
#include <memory>
#include <string>

#include "core/result.h"
#include "net/certificate.h"
#include "net/tls_identity.h"

namespace hearth::egress {

// Makes the certificates by which programs in a sandbox take this proxy for the hosts that they ask for. Its key is in memory only and ends
// with it, so nobody can use what a program elsewhere was told to trust. Threads: one owner.
class SessionAuthority {
public:
    // Errors: kInternal.
    static Result<SessionAuthority> create();

    // PEM, for those who shall trust it.
    [[nodiscard]] const std::string& certificate() const { return authority_.certificate; }

    // For one host (a name or an address); made once. Errors: kInternal.
    [[nodiscard]] Result<std::shared_ptr<const net::TlsIdentity>> identity(const std::string& host);

private:
    SessionAuthority() = default;

    net::SigningAuthority authority_;
    std::string key_;  // of all hosts' certificates
    std::map<std::string, std::shared_ptr<const net::TlsIdentity>> made_;
};

}  // namespace hearth::egress
