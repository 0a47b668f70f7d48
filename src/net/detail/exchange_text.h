#pragma once
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/detail/transfer.h"
#include "net/fetch_text.h"

namespace hearth::net::detail {

// One request whose answer is collected: a POST, or a GET where `post` is null. Errors and threads: as fetch_text() and post_text().
[[nodiscard]] Result<FetchedText> exchange_text(const std::string& url,
                                                const std::vector<std::string>& headers,
                                                const Transfer::Post* post, std::size_t most,
                                                const std::stop_token& stop);

}  // namespace hearth::net::detail
