#pragma once
#include <cstddef>
#include <string>

#include "core/json.h"
#include "net/http_client.h"
#include "net/task.h"

namespace hearth::serve::detail {

// A POST with a JSON body.
[[nodiscard]] net::HttpRequest json_post(std::string target, std::string body);

// One whole exchange with an engine, both ways JSON. Errors: as net::open_upstream and net::read_all; what the engine said when it
// refuses; kCorrupt when its answer is no JSON.
[[nodiscard]] net::Task<json::value> ask_engine(net::Address address, std::string target, std::string body,
                                                std::size_t max_answer);

}  // namespace hearth::serve::detail
