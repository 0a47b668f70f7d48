#pragma once
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <string_view>

#include <openssl/x509.h>

#include "core/result.h"

namespace hearth::net::detail {

// OpenSSL's objects, owned.
struct FreeOpenssl {
    void operator()(BIO* object) const { ::BIO_free_all(object); }

    void operator()(EVP_MD_CTX* object) const { ::EVP_MD_CTX_free(object); }

    void operator()(X509* object) const { ::X509_free(object); }

    void operator()(EVP_PKEY* object) const { ::EVP_PKEY_free(object); }

    void operator()(X509_EXTENSION* object) const { ::X509_EXTENSION_free(object); }
};

template <typename T>
using Owned = std::unique_ptr<T, FreeOpenssl>;

// The sentence, with what OpenSSL says of its last failure.
[[nodiscard]] Error openssl_error(Code code, std::string_view what);

// Errors: kInvalidInput for what is no PEM of a private key, or one with a passphrase.
[[nodiscard]] Result<Owned<EVP_PKEY>> read_key(std::string_view pem);

}  // namespace hearth::net::detail
