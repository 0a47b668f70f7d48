#include "serve/detail/seat_wish.h"

#include <utility>

#include "core/text.h"
#include "remote/access.h"

namespace hearth::serve::detail {

std::string_view via_of(const net::ServedRequest& request) {
    static const std::string name = to_lower_ascii(remote::kViaHeader);
    return request.header(name);
}

SeatWish wish_of(const ChatCall& call, ServableModel model, const Caller& caller,
                 const net::ServedRequest& request) {
    return {.model = std::move(model),
            .waiting = {.key = caller.share,
                        .tokens = call.predicted_tokens,
                        .weight = static_cast<double>(caller.terms.weight)},
            .context = call.context,
            .keep_alive = call.keep_alive,
            .via = std::string(via_of(request))};
}

}  // namespace hearth::serve::detail
