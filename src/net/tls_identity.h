#pragma once
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/result.h"
#include "net/certificate.h"

namespace hearth::net {

// A certificate with its chain and its private key, as a server shows them: TLS 1.2 and 1.3, forward secrecy and authenticated ciphers
// alone, ALPN "http/1.1". Constant; a connection keeps the one that it began with. Threads: any.
class TlsIdentity {
public:
    // Both PEM; the server's own certificate comes first. Errors: kInvalidInput for what is none, a key with a passphrase, and a key of
    // another certificate.
    static Result<std::shared_ptr<const TlsIdentity>> make(std::string_view certificate,
                                                           std::string_view key);

    // Of files. Errors: also as reading them.
    static Result<std::shared_ptr<const TlsIdentity>> load(const std::filesystem::path& certificate,
                                                           const std::filesystem::path& key);

    ~TlsIdentity();
    TlsIdentity(const TlsIdentity&) = delete;
    TlsIdentity& operator=(const TlsIdentity&) = delete;

    [[nodiscard]] const CertificateFacts& facts() const;

    struct State;

    [[nodiscard]] State& state() const { return *state_; }

private:
    explicit TlsIdentity(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace hearth::net
