#include "guard/credentials.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/base64.h"
#include "core/text.h"
#include "guard/key.h"

namespace hearth::guard {
namespace {

constexpr std::size_t kMostSecret = 512;

Error malformed(std::string_view what) { return {Code::kInvalidInput, std::string(what)}; }

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_secret(std::string_view text) {
    return !text.empty() && text.size() <= kMostSecret &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

// The secret of "Basic …"; empty when user name and password are.
Result<std::string> basic_secret(std::string_view value) {
    const auto decoded =
        value.size() > 2 * kMostSecret ? std::optional<std::string>() : decode_loose_base64(value);
    const auto colon = decoded ? decoded->find(':') : std::string::npos;
    if (colon == std::string::npos)
        return malformed(
            "the Authorization header says Basic, but what follows is not USER:PASSWORD in base64");
    const auto password = decoded->substr(colon + 1);
    return password.empty() ? decoded->substr(0, colon) : password;
}

// The secret of an Authorization header; empty when there is none in it.
Result<std::string> authorization_secret(std::string_view value) {
    if (value.empty()) return std::string();
    const auto space = std::min(value.find(' '), value.size());
    const auto scheme = to_lower_ascii(value.substr(0, space));
    const auto rest = trim(value.substr(space));
    std::string secret;
    if (scheme == "bearer") {
        secret = rest;
    } else if (scheme == "basic") {
        secret = TRY(basic_secret(rest));
    } else {
        // What stands there may be the secret itself, so it is not repeated.
        return malformed("the Authorization header is neither 'Bearer KEY' nor 'Basic …'");
    }
    if (!secret.empty() && !is_secret(secret))
        return malformed(
            "the key in the Authorization header has spaces or other characters that no key has, "
            "or is too long");
    return secret;
}

Result<std::string> api_key_secret(std::string_view value) {
    if (!value.empty() && !is_secret(value))
        return malformed(
            "the key in the x-api-key header has spaces or other characters that no key has, or is "
            "too long");
    return std::string(value);
}

struct SplitPath {
    std::optional<std::string> secret;
    std::string path;
};

Result<SplitPath> split_path(std::string_view target) {
    const auto path = target.substr(0, target.find('?'));
    if (path != "/k" && !path.starts_with("/k/")) return SplitPath{std::nullopt, std::string(target)};
    const auto segment = path.substr(std::min<std::size_t>(path.size(), 3));
    const auto secret = segment.substr(0, segment.find('/'));
    const bool plain = std::ranges::all_of(
        secret, [](char c) { return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.'; });
    if (!plain || !is_secret(secret))
        return malformed("the address begins with /k/, but no key follows: write /k/KEY/ before the path");
    std::string rest(target.substr(3 + secret.size()));
    if (!rest.starts_with('/')) rest.insert(0, "/");
    return SplitPath{std::string(secret), std::move(rest)};
}

}  // namespace

Result<Credentials> find_credentials(std::span<const std::pair<std::string, std::string>> headers,
                                     std::string_view path) {
    auto parts = TRY(split_path(path));
    if (parts.secret) return Credentials{std::move(parts.secret), std::move(parts.path)};
    std::optional<std::string> authorization;
    std::optional<std::string> api_key;
    for (const auto& [name, value] : headers) {
        if (name != "authorization" && name != "x-api-key") continue;
        auto& found = name == "authorization" ? authorization : api_key;
        if (found) return malformed(fmt::format("the request has two {} headers", name));
        found = name == "authorization" ? TRY(authorization_secret(trim(value)))
                                        : TRY(api_key_secret(trim(value)));
    }
    Credentials credentials{.secret = std::nullopt, .path = std::move(parts.path)};
    const auto ours = [](const std::string& secret) { return secret.starts_with(kSecretPrefix); };
    for (const auto& found : {authorization, api_key}) {
        if (!found || found->empty()) continue;
        if (!credentials.secret || (ours(*found) && !ours(*credentials.secret))) credentials.secret = *found;
    }
    return credentials;
}

}  // namespace hearth::guard
