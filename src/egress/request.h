#pragma once
#include "core/result.h"
#include "egress/rule.h"
#include "net/http_server.h"

namespace hearth::egress {

// Where CONNECT wants to. Errors: kInvalidInput for a place that is none (target.h), a Host field that names another one, a body, and a
// tunnel within a tunnel. Threads: pure.
[[nodiscard]] Result<Place> tunnel_place(const net::ServedRequest& request);

// What a request asks for: in a tunnel that of its CONNECT, which TLS and the Host field have to name as well; else what its whole
// address ("http://...") says, which the Host field has to name as well. So there is one answer to where it goes.
// Errors: kInvalidInput with the reason. Threads: pure.
[[nodiscard]] Result<Asked> asked_by(const net::ServedRequest& request);

// The fields of a request to send on: without those of the connection (RFC 9110, 7.6.1), of the proxy, and of how long the body is.
[[nodiscard]] net::Headers fields_to_send(const net::Headers& fields);

// The fields of an answer to pass on. `with_length`: for HEAD, whose answer tells the length of what is not sent.
[[nodiscard]] net::Headers fields_to_answer(const net::Headers& fields, bool with_length);

}  // namespace hearth::egress
