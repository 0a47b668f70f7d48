#pragma once
#include <vector>

#include "app/own_certificate.h"
#include "app/serve_choices.h"
#include "core/result.h"
#include "os/paths.h"
#include "serve/server.h"

namespace hearth::app {

// What was chosen as the server takes it; its own certificate is made where one is needed. Errors: kInvalidInput with where a wrong value was said; kPermission for an address that other
// machines reach while nobody has a key.
[[nodiscard]] Result<serve::ServerSettings> server_settings(const ServeChoices& choices,
                                                            const os::Paths& paths);

// The part of it that a running server with those listeners takes over. Errors: as above, and of the certificate.
[[nodiscard]] Result<serve::LiveSettings> live_settings(const ServeChoices& choices,
                                                        const std::vector<serve::Listener>& listeners,
                                                        const os::Paths& paths);

// Where the certificate of its TLS addresses is.
[[nodiscard]] CertificateFiles certificate_files(const ServeChoices& choices, const os::Paths& paths);

}  // namespace hearth::app
