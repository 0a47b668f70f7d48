#include "app/own_certificate.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "net/tls_identity.h"
#include "os/files.h"
#include "os/host_names.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

// Apple's systems trust no certificate of a server that is good for more than 825 days.
constexpr std::chrono::hours kValidity{820 * 24};
constexpr std::chrono::hours kRenewal{60 * 24};
constexpr std::size_t kMostNames = 100;

void add(std::vector<std::string>& names, const std::string& given) {
    const std::string name = net::certificate_name(given);
    if (!name.empty() && names.size() < kMostNames && std::ranges::find(names, name) == names.end())
        names.push_back(name);
}

// Names that it has to be good for. The first one names the certificate.
std::vector<std::string> needed_names(const os::HostNames& host, const std::vector<std::string>& hosts) {
    std::vector<std::string> names;
    add(names, host.host);
    // As multicast DNS has it, which most desks answer to.
    if (host.host.find('.') == std::string::npos) add(names, host.host + ".local");
    for (const char* own : {"localhost", "127.0.0.1", "::1"})
        add(names, own);
    for (const auto* list : {&hosts, &host.lasting})
        for (const std::string& name : *list)
            add(names, name);
    return names;
}

// The one that is there, made where there is none. Of two processes that make one at once both get the same.
Result<std::string> kept_key(const fs::path& file) {
    auto text = os::read_file(file);
    if (text || text.error().code() != Code::kNotFound) return text;
    const fs::path fresh = file.string() + fmt::format(".{}", ::getpid());
    TRY(os::write_file_atomic(fresh, TRY(net::make_private_key()), 0600));
    std::error_code there_already;
    fs::create_hard_link(fresh, file, there_already);
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return os::read_file(file);
}

}  // namespace

CertificateFiles own_certificate_files(const fs::path& data) {
    return {.certificate = data / "tls" / "certificate.pem", .key = data / "tls" / "key.pem"};
}

bool must_be_renewed(const net::CertificateFacts& facts, const std::vector<std::string>& names,
                     std::chrono::system_clock::time_point now) {
    if (facts.expires - now < kRenewal) return true;
    return std::ranges::any_of(names, [&](const std::string& name) {
        return std::ranges::find(facts.names, name) == facts.names.end();
    });
}

Status own_certificate(const CertificateFiles& files, const std::vector<std::string>& hosts) {
    const os::HostNames host = os::host_names();
    std::vector<std::string> names = needed_names(host, hosts);
    const std::string key = TRY(kept_key(files.key));
    const auto text = os::read_file(files.certificate);
    if (!text && text.error().code() != Code::kNotFound) return Error(text.error());
    if (text) {
        const auto former = net::read_certificate(*text);
        if (former && !must_be_renewed(*former, names, std::chrono::system_clock::now()) &&
            net::TlsIdentity::make(*text, key))
            return {};
        if (former)
            for (const std::string& name : former->names)
                add(names, name);
    }
    for (const std::string& address : host.addresses)
        add(names, address);
    return os::write_file_atomic(files.certificate, TRY(net::self_sign(key, names, kValidity)), 0644);
}

}  // namespace hearth::app
