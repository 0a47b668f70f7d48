#pragma once
#include <memory>
#include <string>

#include "net/detail/stream.h"
#include "net/http_server.h"

namespace hearth::net::detail {

// Writes the answer to one request of a connection. Threads: the loop's.
class SessionResponder final : public Responder {
public:
    // What of a request decides the form of its answer.
    struct Form {
        unsigned version = 11;
        bool keep_alive = false;
        bool head = false;  // to HEAD: no body
    };

    // The stream and the limits outlive it.
    SessionResponder(Stream& stream, const ServerLimits& limits, Form form)
        : stream_(stream), limits_(limits), form_(form) {}

    Task<void> send(int status, Headers headers, std::string body) override;
    Task<void> begin(int status, Headers headers) override;
    Task<void> write(std::string piece) override;
    Task<void> finish() override;
    Task<void> open_tunnel(std::shared_ptr<const TlsIdentity> tls) override;

    [[nodiscard]] bool fresh() const override { return phase_ == Phase::kFresh; }

    [[nodiscard]] bool finished() const { return phase_ == Phase::kFinished; }

    [[nodiscard]] bool keep_alive() const { return form_.keep_alive; }

    // What the connection goes on as; none when no tunnel was opened.
    [[nodiscard]] std::shared_ptr<const TlsIdentity> tunnel() const { return tunnel_; }

    void close_afterwards() { form_.keep_alive = false; }

    // Before the answer begins: sends what a client that still reads passes over (RFC 9110, 15.2), and one that is gone replies to with a
    // reset. Nothing in HTTP/1.0, which has no such thing.
    void knock();

private:
    enum class Phase { kFresh, kBegun, kFinished };

    Task<void> put(std::string bytes);
    [[nodiscard]] std::string head_of(int status, const Headers& headers) const;

    Stream& stream_;
    const ServerLimits& limits_;
    Form form_;
    bool chunked_ = false;
    std::string head_;  // of an answer in pieces, until its first one
    std::shared_ptr<const TlsIdentity> tunnel_;
    Phase phase_ = Phase::kFresh;
};

}  // namespace hearth::net::detail
