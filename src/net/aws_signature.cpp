#include "net/aws_signature.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/known_secrets.h"
#include "core/result.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::net {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kHashBytes = 32;

using Hash = std::array<unsigned char, kHashBytes>;
using Headers = std::vector<std::pair<std::string, std::string>>;

std::string_view view_of(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash keyed_hash(std::string_view key, std::string_view bytes) {
    Hash hash{};
    HEARTH_ASSERT(::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
                         reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash.data(),
                         nullptr) != nullptr);
    return hash;
}

// "20260314T150926Z".
std::string time_words(std::chrono::system_clock::time_point now) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    auto words = iso_time(since.count()).substr(0, std::string_view("2026-03-14T15:09:26").size()) + "Z";
    std::erase_if(words, [](char c) { return c == '-' || c == ':'; });
    return words;
}

// Without blanks around it, and with one in place of several.
std::string one_blank(std::string_view value) {
    std::string out;
    for (const char c : trim(value))
        if (c != ' ' || !out.ends_with(' ')) out += c;
    return out;
}

// Those that are signed, by name.
Headers signed_headers(const HttpRequest& request, const std::string& host) {
    constexpr auto kSigned =
        std::to_array<std::string_view>({"content-type", "x-amz-date", "x-amz-security-token"});
    Headers out = {{"host", host}};
    for (const auto& [name, value] : request.headers) {
        auto lower = to_lower_ascii(name);
        if (std::ranges::find(kSigned, lower) != kSigned.end())
            out.emplace_back(std::move(lower), one_blank(value));
    }
    std::ranges::sort(out);
    return out;
}

std::string sorted_query(std::string_view query) {
    if (query.empty()) return {};
    std::vector<std::string> pairs;
    for (const auto pair : split(query, '&'))
        pairs.emplace_back(pair.contains('=') ? std::string(pair) : std::string(pair) + "=");
    std::ranges::sort(pairs);
    return join(pairs, "&");
}

std::string signature(const AwsKeys& keys, const AwsSigning& signing, std::string_view day,
                      std::string_view text) {
    std::string first = "AWS4" + keys.secret;
    Hash key = keyed_hash(first, day);
    wipe(first);
    for (const std::string_view part : {std::string_view(signing.region), std::string_view(signing.service),
                                        std::string_view("aws4_request")})
        key = keyed_hash(view_of(key), part);
    return to_hex(view_of(keyed_hash(view_of(key), text)));
}

}  // namespace

void sign_for_aws(HttpRequest& request, const AwsKeys& keys, const AwsSigning& signing) {
    const auto time = time_words(signing.now);
    const auto day = std::string_view(time).substr(0, 8);
    request.headers.emplace_back("X-Amz-Date", time);
    if (!keys.session.empty()) request.headers.emplace_back("X-Amz-Security-Token", keys.session);

    const auto mark = request.target.find('?');
    const auto path = std::string_view(request.target).substr(0, mark);
    const auto query =
        mark == std::string::npos ? std::string_view() : std::string_view(request.target).substr(mark + 1);
    std::string lines;
    std::string names;
    for (const auto& [name, value] : signed_headers(request, signing.host)) {
        lines += fmt::format("{}:{}\n", name, value);
        names += (names.empty() ? "" : ";") + name;
    }
    const auto canonical =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, percent_encoded(path, "-._~/"),
                    sorted_query(query), lines, names, os::sha256(request.body));
    const auto scope = fmt::format("{}/{}/{}/aws4_request", day, signing.region, signing.service);
    const auto text = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope, os::sha256(canonical));
    request.headers.emplace_back(
        "Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                     keys.id, scope, names, signature(keys, signing, day, text)));
}

}  // namespace hearth::net
