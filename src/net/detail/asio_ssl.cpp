// The code of Asio's TLS, compiled once as asio.cpp is.
#include <boost/asio/ssl/impl/src.hpp>
