#pragma once
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::net {

// Whether the usual proxy variables (HTTPS_PROXY, NO_PROXY) are obeyed.
enum class Proxy : std::uint8_t { kNone, kUsual };

// As exchange() (http_client.h), over TLS. With `key_pin` (CertificateFacts::key_pin) the server is known by its key alone, whoever signed its
// certificate and whatever names that has; without, the certificate has to be good by those of the system, or of the file in
// SSL_CERT_FILE. A stop request ends it within 200 ms.
// Errors: also kPermission for a certificate or key that is not trusted. Threads: any; blocks.
[[nodiscard]] Result<HttpResponse> exchange_tls(const TcpAddress& address, const std::string& key_pin,
                                                const HttpRequest& request, const HttpLimits& limits = {},
                                                const std::stop_token& stop = {}, const BodySink& sink = {},
                                                Proxy proxy = Proxy::kNone);

}  // namespace hearth::net
