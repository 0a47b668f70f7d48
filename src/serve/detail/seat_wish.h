#pragma once
#include <string_view>

#include "net/http_server.h"
#include "serve/chat_call.h"
#include "serve/gate.h"
#include "serve/model_pool.h"

namespace hearth::serve::detail {

// The servers that a request came through (remote/access.h); lives as long as the request.
[[nodiscard]] std::string_view via_of(const net::ServedRequest& request);

// A seat for a call, in the name of who sent it.
[[nodiscard]] SeatWish wish_of(const ChatCall& call, ServableModel model, const Caller& caller,
                               const net::ServedRequest& request);

}  // namespace hearth::serve::detail
