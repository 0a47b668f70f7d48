#include "serve/reload.h"

#include <csignal>
#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/text.h"

namespace hearth::serve {

namespace asio = boost::asio;

asio::awaitable<void> reload_on_hangup(asio::io_context& loop, std::vector<Reload> parts) {
    asio::signal_set hangups(loop, SIGHUP);
    while (true) {
        const auto got = co_await hangups.async_wait(asio::as_tuple(asio::use_awaitable));
        if (std::get<0>(got)) co_return;
        for (const Reload& part : parts) {
            const Status renewed = co_await part.renew();
            if (!renewed)
                fmt::print(stderr, "hearth: {} stays as it was: {}\n", part.what,
                           printable(renewed.error().message()));
        }
    }
}

}  // namespace hearth::serve
