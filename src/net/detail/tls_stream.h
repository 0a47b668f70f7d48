#pragma once
#include <chrono>
#include <memory>

#include "net/detail/stream.h"
#include "net/tls_identity.h"

namespace hearth::net::detail {

// The server's end of a TLS connection, from its first byte on. The one file that is compiled with Asio's TLS is tls_stream.cpp.
class TlsStream final : public Stream {
public:
    TlsStream(Wire wire, const TlsIdentity& identity);
    ~TlsStream() override;

    // Shakes hands, in that time altogether. False when it came to nothing; a client that spoke plain HTTP was told so.
    boost::asio::awaitable<bool> accept(std::chrono::seconds most);

    boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer space) override;
    boost::asio::awaitable<ErrorCode> write_all(std::string_view bytes) override;
    boost::asio::awaitable<void> say_goodbye() override;

private:
    boost::asio::awaitable<void> refuse_plain();

    struct Layer;
    std::unique_ptr<Layer> layer_;
};

}  // namespace hearth::net::detail
