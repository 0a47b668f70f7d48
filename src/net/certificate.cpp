#include "net/certificate.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <openssl/x509v3.h>

#include "core/base64.h"
#include "core/text.h"
#include "net/detail/openssl.h"

namespace hearth::net {

using detail::openssl_error;
using detail::Owned;

namespace {

// Of a text that must outlive it.
Owned<BIO> bytes_of(std::string_view text) {
    return Owned<BIO>(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = ::BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string with_colons(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes)
        text += fmt::format("{}{:02X}", text.empty() ? "" : ":", static_cast<unsigned char>(byte));
    return text;
}

std::string view_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(::ASN1_STRING_length(text))};
}

// "192.168.1.7" or "::1" of its 4 or 16 bytes.
std::string address_words(const std::string& bytes) {
    std::array<char, INET6_ADDRSTRLEN> words{};
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if (bytes.size() != 4 && bytes.size() != 16) return {};
    return ::inet_ntop(family, bytes.data(), words.data(), words.size()) == nullptr ? std::string()
                                                                                    : words.data();
}

struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { ::GENERAL_NAMES_free(names); }
};

std::vector<std::string> names_of(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> all(
        static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const GENERAL_NAME* each = sk_GENERAL_NAME_value(all.get(), i);
        if (each->type == GEN_DNS) names.push_back(view_of(each->d.dNSName));
        if (each->type == GEN_IPADD) names.push_back(address_words(view_of(each->d.iPAddress)));
    }
    return names;
}

Result<std::string> pin_of(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = ::i2d_X509_PUBKEY(::X509_get_X509_PUBKEY(certificate), &der);
    if (size <= 0) return openssl_error(Code::kInvalidInput, "the certificate has no public key");
    std::array<unsigned char, 32> hash{};
    const bool hashed =
        ::EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), nullptr, ::EVP_sha256(), nullptr) == 1;
    ::OPENSSL_free(der);
    if (!hashed) return openssl_error(Code::kInternal, "SHA-256 failed");
    return "sha256//" + encode_base64({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

// Its bytes; empty for what is no address.
std::string address_bytes(const std::string& name) {
    std::array<char, 16> bytes{};
    if (::inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
    if (::inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
    return {};
}

// A name from the system, which must not end one entry and begin another.
bool is_host(const std::string& name) {
    return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               byte == '.' || byte == '-' || byte == '_';
    });
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names)
        if (const std::string form = certificate_name(name); !form.empty())
            all.push_back((address_bytes(form).empty() ? "DNS:" : "IP:") + form);
    return join(all, ",");
}

Status extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Owned<X509_EXTENSION> extension(::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    if (!extension || ::X509_add_ext(certificate, extension.get(), -1) != 1)
        return openssl_error(Code::kInternal, fmt::format("the certificate cannot hold '{}'", value));
    return {};
}

// RFC 5280, 4.1.2.2: 20 bytes at most and above 0; two certificates of one issuer must differ.
Status number(X509* certificate) {
    std::array<unsigned char, 16> bytes{};
    if (::RAND_bytes(bytes.data(), bytes.size()) != 1) return openssl_error(Code::kInternal, "no randomness");
    bytes.front() = static_cast<unsigned char>((bytes.front() & 0x7FU) | 0x40U);
    BIGNUM* serial = ::BN_bin2bn(bytes.data(), bytes.size(), nullptr);
    ::BN_to_ASN1_INTEGER(serial, ::X509_get_serialNumber(certificate));
    ::BN_free(serial);
    return {};
}

Status name_owner(X509* certificate, const std::string& owner) {
    X509_NAME* name = ::X509_get_subject_name(certificate);
    // RFC 5280, A.1: a common name has at most 64 characters.
    const std::string text = "hearth on " + owner.substr(0, 50);
    if (::X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0) != 1)
        return openssl_error(Code::kInternal, "the certificate cannot be named");
    return {};
}

// What is to be signed, and by whom.
struct Draft {
    EVP_PKEY* key = nullptr;
    std::string owner;
    std::vector<std::pair<int, std::string>> extensions;
    std::chrono::hours validity{};
    X509* issuer = nullptr;  // none: by its own key
    EVP_PKEY* issuer_key = nullptr;
};

Result<std::string> sign(const Draft& draft) {
    const Owned<X509> made(::X509_new());
    X509* certificate = made.get();
    constexpr long kSlowClocks = 24L * 3600;  // of other machines
    if (!made || ::X509_set_version(certificate, X509_VERSION_3) != 1 ||
        ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -kSlowClocks) == nullptr ||
        ::X509_gmtime_adj(::X509_getm_notAfter(certificate),
                          static_cast<long>(std::chrono::seconds(draft.validity).count())) == nullptr ||
        ::X509_set_pubkey(certificate, draft.key) != 1)
        return openssl_error(Code::kInternal, "a certificate cannot be made");
    X509* issuer = draft.issuer == nullptr ? certificate : draft.issuer;
    TRY(number(certificate));
    TRY(name_owner(certificate, draft.owner));
    if (::X509_set_issuer_name(certificate, ::X509_get_subject_name(issuer)) != 1)
        return openssl_error(Code::kInternal, "the certificate's issuer cannot be named");
    for (const auto& [kind, value] : draft.extensions)
        TRY(extend(certificate, issuer, kind, value));
    const Owned<BIO> out(::BIO_new(::BIO_s_mem()));
    EVP_PKEY* signer = draft.issuer == nullptr ? draft.key : draft.issuer_key;
    if (::X509_sign(certificate, signer, ::EVP_sha256()) == 0 || !out ||
        ::PEM_write_bio_X509(out.get(), certificate) != 1)
        return openssl_error(Code::kInternal, "a certificate cannot be signed");
    return text_of(out.get());
}

// Of a server that is good for those names.
Result<Draft> server_draft(EVP_PKEY* key, const std::vector<std::string>& names,
                           std::chrono::hours validity) {
    std::string alternatives = alternative_names(names);
    if (alternatives.empty()) return Error(Code::kInvalidInput, "a certificate has to be good for some name");
    Draft draft;
    draft.key = key;
    draft.owner = names.front();
    draft.validity = validity;
    draft.extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                        {NID_key_usage, "critical,digitalSignature"},
                        {NID_ext_key_usage, "serverAuth"},
                        {NID_subject_key_identifier, "hash"},
                        {NID_authority_key_identifier, "keyid:always"},
                        {NID_subject_alt_name, std::move(alternatives)}};
    return draft;
}

Result<Owned<X509>> certificate_of(std::string_view pem) {
    const Owned<BIO> bio = bytes_of(pem);
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    Owned<X509> certificate(::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (!certificate)
        return openssl_error(Code::kInvalidInput,
                             "this is no certificate in PEM (\"-----BEGIN CERTIFICATE-----\")");
    return certificate;
}

}  // namespace

Error detail::openssl_error(Code code, std::string_view what) {
    const unsigned long number = ::ERR_peek_last_error();
    ::ERR_clear_error();
    const char* reason = number == 0 ? nullptr : ::ERR_reason_error_string(number);
    return {code, reason == nullptr ? std::string(what) : fmt::format("{}: {}", what, reason)};
}

Result<Owned<EVP_PKEY>> detail::read_key(std::string_view pem) {
    const Owned<BIO> bio = bytes_of(pem);
    // Without this, OpenSSL would ask for the passphrase on the terminal.
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    Owned<EVP_PKEY> key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
    if (!key)
        return openssl_error(
            Code::kInvalidInput,
            "this is no private key in PEM without a passphrase (\"-----BEGIN PRIVATE KEY-----\")");
    return key;
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
    const Owned<X509> certificate = TRY(certificate_of(pem));
    std::array<unsigned char, 32> hash{};
    std::tm until{};
    if (::X509_digest(certificate.get(), ::EVP_sha256(), hash.data(), nullptr) != 1 ||
        ::ASN1_TIME_to_tm(::X509_get0_notAfter(certificate.get()), &until) != 1)
        return openssl_error(Code::kInvalidInput, "the certificate cannot be read");
    return CertificateFacts{
        .fingerprint = with_colons({reinterpret_cast<const char*>(hash.data()), hash.size()}),
        .key_pin = TRY(pin_of(certificate.get())),
        .names = names_of(certificate.get()),
        .expires = std::chrono::system_clock::from_time_t(::timegm(&until))};
}

Result<std::string> make_private_key() {
    const Owned<EVP_PKEY> key(::EVP_EC_gen("P-256"));
    const Owned<BIO> out(::BIO_new(::BIO_s_mem()));
    if (!key || !out ||
        ::PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return openssl_error(Code::kInternal, "a private key cannot be made");
    return text_of(out.get());
}

std::string certificate_name(const std::string& name) {
    if (const std::string bytes = address_bytes(name); !bytes.empty()) return address_words(bytes);
    return is_host(name) ? name : std::string();
}

Result<std::string> self_sign(std::string_view private_key, const std::vector<std::string>& names,
                              std::chrono::hours validity) {
    const Owned<EVP_PKEY> key = TRY(detail::read_key(private_key));
    return sign(TRY(server_draft(key.get(), names, validity)));
}

Result<std::string> self_sign_authority(std::string_view private_key, const std::string& owner,
                                        std::chrono::hours validity) {
    const Owned<EVP_PKEY> key = TRY(detail::read_key(private_key));
    Draft draft;
    draft.key = key.get();
    draft.owner = owner;
    draft.validity = validity;
    draft.extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                        {NID_key_usage, "critical,keyCertSign,cRLSign"},
                        {NID_subject_key_identifier, "hash"}};
    return sign(draft);
}

Result<std::string> sign_by(const SigningAuthority& authority, std::string_view private_key,
                            const std::vector<std::string>& names, std::chrono::hours validity) {
    const Owned<EVP_PKEY> key = TRY(detail::read_key(private_key));
    const Owned<X509> issuer = TRY(certificate_of(authority.certificate));
    const Owned<EVP_PKEY> issuer_key = TRY(detail::read_key(authority.private_key));
    Draft draft = TRY(server_draft(key.get(), names, validity));
    draft.issuer = issuer.get();
    draft.issuer_key = issuer_key.get();
    return sign(draft);
}

}  // namespace hearth::net
