#pragma once
#include <string>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::net {

// As exchange() (http_client.h), over TLS. With `key_pin` (CertificateFacts::key_pin) the server is known by its key alone, whoever signed its
// certificate and whatever names that has; without, the certificate has to be good by those of the system, or of the file in
// SSL_CERT_FILE. No proxy is used.
// Errors: also kPermission for a certificate or key that is not trusted. Threads: any; blocks.
[[nodiscard]] Result<HttpResponse> exchange_tls(const TcpAddress& address, const std::string& key_pin,
                                                const HttpRequest& request, const HttpLimits& limits = {},
                                                const std::stop_token& stop = {});

}  // namespace hearth::net
