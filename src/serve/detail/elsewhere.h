#pragma once
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hearth::serve::detail {

// Runs what blocks on a pool; the coroutine goes on on its own loop.
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work>> elsewhere(boost::asio::thread_pool& pool, Work work) {
    auto job = [](Work inner) -> boost::asio::awaitable<std::invoke_result_t<Work>> { co_return inner(); };
    auto running = job(std::move(work));
    auto result = co_await boost::asio::co_spawn(pool, std::move(running), boost::asio::use_awaitable);
    co_return result;
}

}  // namespace hearth::serve::detail
