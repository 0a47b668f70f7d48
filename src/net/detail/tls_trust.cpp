#include "net/detail/tls_trust.h"

#include <fmt/format.h>

namespace hearth::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<TlsTrust>> system_trust() {
    boost::system::error_code error;
    ssl::context context(ssl::context::tls_client);
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                            ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                        error);
    if (!error) context.set_default_verify_paths(error);
    if (!error) context.set_verify_mode(ssl::verify_peer, error);
    if (error)
        return Error(Code::kUnavailable,
                     fmt::format("the certificates of this machine cannot be read: {}", error.message()));
    return std::make_shared<TlsTrust>(std::move(context));
}

}  // namespace hearth::net
