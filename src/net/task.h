#pragma once
#include <boost/asio/awaitable.hpp>

#include "core/result.h"

namespace hearth::net {

// What a coroutine of the server returns. It runs on the loop that it was spawned on and must not block.
template <typename T>
using Task = boost::asio::awaitable<Result<T>>;

}  // namespace hearth::net

// Like TRY, for coroutines: CO_TRY(auto value, co_await f()); CO_CHECK(co_await g());
// clang-format off
#define CO_TRY_NAMED(name, declaration, ...)                                 \
    auto name = (__VA_ARGS__);                                               \
    if (!name) [[unlikely]] co_return ::hearth::Error(std::move(name).error()); \
    declaration = *std::move(name)
#define CO_TRY(declaration, ...) CO_TRY_NAMED(HEARTH_CONCAT(co_try_, __COUNTER__), declaration, __VA_ARGS__)
#define CO_CHECK_NAMED(name, ...)                                            \
    auto name = (__VA_ARGS__);                                               \
    if (!name) [[unlikely]] co_return ::hearth::Error(std::move(name).error())
#define CO_CHECK(...) CO_CHECK_NAMED(HEARTH_CONCAT(co_check_, __COUNTER__), __VA_ARGS__)
// For what is tried for somebody who may be gone.
#define CO_IGNORE_NAMED(name, ...) [[maybe_unused]] const auto name = (__VA_ARGS__)
#define CO_IGNORE(...) CO_IGNORE_NAMED(HEARTH_CONCAT(co_ignore_, __COUNTER__), __VA_ARGS__)
// clang-format on
