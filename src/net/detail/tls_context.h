#pragma once
#include <boost/asio/ssl/context.hpp>

#include "net/tls_identity.h"

namespace hearth::net::detail {

// What connections are made with. They hold on to it by themselves, so the identity may go before them.
[[nodiscard]] boost::asio::ssl::context& context_of(const TlsIdentity& identity);

}  // namespace hearth::net::detail
