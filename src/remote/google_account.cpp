#include "remote/google_account.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/base64.h"
#include "core/json.h"
#include "core/known_secrets.h"
#include "core/text.h"
#include "net/rs256.h"
#include "remote/base_url.h"

namespace hearth::remote {
namespace {

constexpr const char* kUsualTokenUrl = "https://oauth2.googleapis.com/token";
constexpr const char* kScope = "https://www.googleapis.com/auth/cloud-platform";
constexpr const char* kSignedClaim = "urn:ietf:params:oauth:grant-type:jwt-bearer";
constexpr std::chrono::seconds kLife{3600};
constexpr std::chrono::seconds kLeastLeft{300};
constexpr std::size_t kMostBytes = std::size_t{64} << 10U;  // of a file; of an answer

Error wrong(std::string_view why) {
    return {Code::kInvalidInput, fmt::format("it is no file of Google's credentials: {}", why)};
}

Result<std::string> needed(const json::value& file, const char* name) {
    const auto text = string_member(file, name).value_or("");
    if (text.empty()) return wrong(fmt::format("it has no \"{}\"", name));
    return std::string(text);
}

// RFC 7515, 2: without padding.
std::string encode_base64url(std::string_view bytes) {
    auto text = url_safe_base64(encode_base64(bytes));
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

// The claim that it is this account which asks, signed.
Result<std::string> signed_claim(const GoogleAccount& account, std::chrono::system_clock::time_point now) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    json::object head{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!account.key_id.empty()) head["kid"] = account.key_id;
    const json::object claim{{"iss", account.email},
                             {"scope", kScope},
                             {"aud", account.token_url},
                             {"iat", seconds},
                             {"exp", seconds + kLife.count()}};
    auto text = encode_base64url(json::serialize(head)) + "." + encode_base64url(json::serialize(claim));
    const auto signature = TRY(net::sign_rs256(account.private_key, text).context("the service account"));
    return text + "." + encode_base64url(signature);
}

}  // namespace

Result<GoogleAccount> parse_google_account(std::string_view text) {
    const auto file = parse_json(text, {.max_bytes = kMostBytes});
    // What a parser says of it could show a part of the key.
    if (!file || !file->is_object()) return wrong("it is no JSON object");
    GoogleAccount out;
    const auto type = string_member(*file, "type").value_or("");
    out.token_url = string_member(*file, "token_uri").value_or(kUsualTokenUrl);
    const auto url = parse_base_url(out.token_url);
    if (!url || (!url->tls && !is_private(*url))) return wrong("its \"token_uri\" is no https:// address");
    out.project = string_member(*file, "project_id").value_or("");
    if (out.project.empty()) out.project = string_member(*file, "quota_project_id").value_or("");
    if (type == "service_account") {
        out.email = TRY(needed(*file, "client_email"));
        out.private_key = TRY(needed(*file, "private_key"));
        out.key_id = string_member(*file, "private_key_id").value_or("");
    } else if (type == "authorized_user") {
        out.client_id = TRY(needed(*file, "client_id"));
        out.client_secret = TRY(needed(*file, "client_secret"));
        out.refresh_token = TRY(needed(*file, "refresh_token"));
    } else {
        return Error(
            Code::kUnsupported,
            fmt::format("Google's credentials of the type '{}' are not supported: service_account and "
                        "authorized_user are",
                        printable(type.substr(0, 100))));
    }
    return out;
}

Result<net::PostRequest> token_request(const GoogleAccount& account,
                                       std::chrono::system_clock::time_point now) {
    net::PostRequest out;
    out.url = account.token_url;
    out.headers = {"Content-Type: application/x-www-form-urlencoded"};
    out.most = kMostBytes;
    if (!account.private_key.empty()) {
        out.body = fmt::format("grant_type={}&assertion={}", percent_encoded(kSignedClaim),
                               TRY(signed_claim(account, now)));
    } else {
        out.body = fmt::format("grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
                               percent_encoded(account.client_id), percent_encoded(account.client_secret),
                               percent_encoded(account.refresh_token));
    }
    return out;
}

Result<AccessToken> read_token(int status, std::string_view body, std::chrono::system_clock::time_point now) {
    const auto answer = parse_json(body, {.max_bytes = kMostBytes});
    if (status != 200) {
        const auto said = [&](const char* name) {
            return answer ? std::string(string_member(*answer, name).value_or("")) : std::string();
        };
        auto reason = said("error");
        if (const auto more = said("error_description"); !more.empty())
            reason += (reason.empty() ? "" : ": ") + more;
        if (reason.empty()) reason = fmt::format("HTTP status {}", status);
        const bool passes = status == 429 || status >= 500;
        return Error(passes ? Code::kUnavailable : Code::kPermission,
                     fmt::format("Google gives no token for these credentials: {}",
                                 printable(shortened(to_valid_utf8(reason), 500))));
    }
    constexpr const char* kNoToken = "Google's answer to a request for a token has none";
    if (!answer) return Error(Code::kCorrupt, kNoToken);
    AccessToken out;
    out.text = string_member(*answer, "access_token").value_or("");
    const bool is_token = !out.text.empty() && out.text.size() <= 8192 &&
                          std::ranges::all_of(out.text, [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_token) return Error(Code::kCorrupt, kNoToken);
    const auto life = integer_member(*answer, "expires_in").value_or(0);
    out.expires =
        now + std::clamp(std::chrono::seconds(life), std::chrono::seconds(0), std::chrono::seconds(86'400));
    return out;
}

Result<std::string> GoogleTokens::token() {
    const auto now = std::chrono::system_clock::now();
    if (!last_.text.empty() && last_.expires - now > kLeastLeft) return last_.text;
    const auto request = TRY(token_request(account_, now));
    const auto answer = TRY(net::post_text(request).context("a token of Google's"));
    auto read = read_token(answer.status, answer.body, now);
    if (!read) {
        // A server that repeats what it was sent must not bring it into an error.
        KnownSecrets known;
        known.add("refresh token", account_.refresh_token);
        known.add("client secret", account_.client_secret);
        return Error(read.error().code(), known.without(read.error().message()).text);
    }
    last_ = *std::move(read);
    return last_.text;
}

}  // namespace hearth::remote
