#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "remote/google_account.h"

// Any bytes as a file of credentials, and as the answer to a request for a token.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::chrono::system_clock::time_point now{std::chrono::seconds(1'773'500'966)};
    if (const auto account = remote::parse_google_account(text)) {
        HEARTH_ASSERT(!account->token_url.empty());
        HEARTH_ASSERT(!account->private_key.empty() || !account->refresh_token.empty());
        const auto request = remote::token_request(*account, now);
        HEARTH_ASSERT(!request || request->url == account->token_url);
    }
    if (const auto token = remote::read_token(200, text, now))
        HEARTH_ASSERT(!token->text.empty() && token->expires >= now);
    HEARTH_ASSERT(!remote::read_token(400, text, now));
    return 0;
}
