#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/certificate.h"

namespace hearth::app {

struct CertificateFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

// Where this machine's own are kept: tls/ in the data folder.
[[nodiscard]] CertificateFiles own_certificate_files(const std::filesystem::path& data);

// Whether another one has to be made: 60 days before its end, or when it is not good for one of those names. Pure.
[[nodiscard]] bool must_be_renewed(const net::CertificateFacts& facts, const std::vector<std::string>& names,
                                   std::chrono::system_clock::time_point now);

// Sees to it that this machine has a certificate of its own, good for its names and addresses and for `hosts`: makes one that its own key
// signs, or renews it. The key (0600) stays the same, so that who knows the server by its key goes on knowing it; so do the names
// that a former one was good for.
// Errors: of the file system, kInternal. Threads: any; several processes may do it at once.
[[nodiscard]] Status own_certificate(const CertificateFiles& files, const std::vector<std::string>& hosts);

}  // namespace hearth::app
