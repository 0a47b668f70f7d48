#pragma once
#include <boost/asio/ssl/context.hpp>

#include "net/upstream.h"

namespace hearth::net {

class TlsTrust {
public:
    explicit TlsTrust(boost::asio::ssl::context given) : context(std::move(given)) {}

    boost::asio::ssl::context context;
};

}  // namespace hearth::net
