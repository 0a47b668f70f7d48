#include "net/tls_identity.h"

#include <array>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

#include "net/detail/openssl.h"
#include "net/detail/tls_context.h"
#include "os/files.h"

namespace hearth::net {

namespace fs = std::filesystem;
namespace ssl = boost::asio::ssl;
using detail::openssl_error;

namespace {

constexpr std::size_t kMostPem = std::size_t{1} << 20U;
// Of TLS 1.2; those of 1.3 are good as they are.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::array<unsigned char, 9> kProtocol = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// RFC 7301: a client that offers other protocols alone is told that there is none for it.
int choose_protocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void* /*data*/) {
    unsigned char* chosen = nullptr;
    const int found =
        ::SSL_select_next_proto(&chosen, length, kProtocol.data(), kProtocol.size(), offered, offered_length);
    *out = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Status configure(SSL_CTX* context) {
    ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        ::SSL_CTX_set_cipher_list(context, kCiphers) != 1)
        return openssl_error(Code::kInternal, "TLS cannot be set up");
    return {};
}

}  // namespace

struct TlsIdentity::State {
    ssl::context context{ssl::context::tls_server};
    CertificateFacts facts;
};

TlsIdentity::TlsIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}

TlsIdentity::~TlsIdentity() = default;

const CertificateFacts& TlsIdentity::facts() const { return state_->facts; }

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::make(std::string_view certificate,
                                                             std::string_view key) {
    auto state = std::make_unique<State>();
    state->facts = TRY(read_certificate(certificate));
    SSL_CTX* context = state->context.native_handle();
    TRY(configure(context));
    boost::system::error_code error;
    state->context.use_certificate_chain(boost::asio::buffer(certificate), error);
    if (error)
        return Error(Code::kInvalidInput, fmt::format("the certificate cannot be used: {}", error.message()));
    const auto private_key = TRY(detail::read_key(key));
    if (::SSL_CTX_use_PrivateKey(context, private_key.get()) != 1 ||
        ::SSL_CTX_check_private_key(context) != 1)
        return openssl_error(Code::kInvalidInput, "the private key is not that of the certificate");
    return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(state)));
}

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::load(const fs::path& certificate,
                                                             const fs::path& key) {
    const std::string certificate_text = TRY(os::read_file(certificate, kMostPem));
    const std::string key_text = TRY(os::read_file(key, kMostPem));
    return make(certificate_text, key_text)
        .context(fmt::format("{}, {}", certificate.string(), key.string()));
}

ssl::context& detail::context_of(const TlsIdentity& identity) { return identity.state().context; }

}  // namespace hearth::net
