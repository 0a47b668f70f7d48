#include "net/rs256.h"

#include <openssl/evp.h>

#include "net/detail/openssl.h"

namespace hearth::net {
namespace {

constexpr int kLeastBits = 2048;

}  // namespace

Result<std::string> sign_rs256(std::string_view private_key, std::string_view text) {
    const auto key = TRY(detail::read_key(private_key));
    if (::EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA || ::EVP_PKEY_get_bits(key.get()) < kLeastBits)
        return Error(Code::kInvalidInput, "the private key is no RSA key of 2048 bits or more");
    const detail::Owned<EVP_MD_CTX> context(::EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    // PKCS #1 v1.5 is how OpenSSL pads for RSA unless it is told otherwise.
    if (!context || ::EVP_DigestSignInit(context.get(), nullptr, ::EVP_sha256(), nullptr, key.get()) != 1 ||
        ::EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
        return detail::openssl_error(Code::kInvalidInput, "the private key cannot sign");
    std::string signature(size, '\0');
    if (::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                         text.size()) != 1)
        return detail::openssl_error(Code::kInvalidInput, "the private key cannot sign");
    signature.resize(size);
    return signature;
}

}  // namespace hearth::net
