#include "net/post_text.h"

#include "net/detail/exchange_text.h"

namespace hearth::net {

Result<FetchedText> post_text(const PostRequest& request, const std::stop_token& stop) {
    const detail::Transfer::Post post{.body = request.body, .timeout = request.timeout};
    return detail::exchange_text(request.url, request.headers, &post, request.most, stop);
}

}  // namespace hearth::net
