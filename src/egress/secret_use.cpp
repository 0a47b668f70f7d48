#include "egress/secret_use.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "core/base64.h"
#include "core/known_secrets.h"
#include "core/text.h"

namespace hearth::egress {
namespace {

constexpr std::string_view kIn = " in ";
constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kPlace = "{}";
constexpr std::size_t kMostTemplate = 256;
constexpr std::size_t kMostHeader = 64;

// Fields that say where a request goes, what it is or what becomes of its connection.
constexpr std::array<std::string_view, 16> kOthers = {
    "host",    "connection", "content-length", "transfer-encoding", "te",    "trailer",
    "upgrade", "expect",     "keep-alive",     "proxy-connection",  "range", "proxy-authorization",
    "accept",  "via",        "http2-settings", "accept-encoding"};

Error wrong(std::string_view text, std::string_view why) {
    return {Code::kInvalidInput,
            fmt::format("'{}': {}; a secret is named as in 'with github in Authorization: Bearer {{}}'",
                        printable(text), why)};
}

bool is_field_name(std::string_view name) {
    return !name.empty() && name.size() <= kMostHeader && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool starts_with_basic(std::string_view value) {
    return to_lower_ascii(value.substr(0, kBasic.size())) == to_lower_ascii(kBasic);
}

}  // namespace

std::string SecretUse::value_with(std::string_view secret) const {
    std::string plain = fmt::format("{}{}{}", before, secret, after);
    if (!basic) return plain;
    std::string value = std::string(kBasic) + encode_base64(plain);
    wipe(plain);
    return value;
}

std::optional<std::string> SecretUse::secret_of(std::string_view value) const {
    std::string plain(value);
    if (basic) {
        if (!starts_with_basic(value)) return std::nullopt;
        auto decoded = decode_loose_base64(trim(value.substr(kBasic.size())));
        if (!decoded) return std::nullopt;
        plain = *std::move(decoded);
    }
    // The names of schemes have no case (RFC 9110, 11.1).
    const bool begins = to_lower_ascii(plain.substr(0, before.size())) == to_lower_ascii(before);
    if (plain.size() < before.size() + after.size() || !begins || !plain.ends_with(after))
        return std::nullopt;
    return plain.substr(before.size(), plain.size() - before.size() - after.size());
}

Result<SecretUse> parse_secret_use(std::string_view text) {
    SecretUse use;
    const std::size_t in = text.find(kIn);
    if (in == std::string_view::npos) return wrong(text, "it does not say in which header");
    use.name = std::string(trim(text.substr(0, in)));
    if (use.name.empty() || use.name.contains(' ')) return wrong(text, "it names no secret");
    const std::string_view field = trim(text.substr(in + kIn.size()));
    const std::size_t colon = field.find(':');
    use.header = to_lower_ascii(trim(field.substr(0, colon)));
    if (!is_field_name(use.header)) return wrong(text, "it names no header");
    if (std::ranges::find(kOthers, use.header) != kOthers.end())
        return wrong(text, fmt::format("the header {} is not for secrets", use.header));
    std::string_view form = use.header == "authorization" ? "Bearer {}" : kPlace;
    if (colon != std::string_view::npos) form = trim(field.substr(colon + 1));
    const bool visible = std::ranges::all_of(form, [](char c) { return c >= ' ' && c < '\x7f'; });
    const std::size_t place = form.find(kPlace);
    if (place == std::string_view::npos || form.find(kPlace, place + 1) != std::string_view::npos ||
        !visible || form.size() > kMostTemplate)
        return wrong(text, "its template has to have one {}, in visible ASCII");
    use.basic = starts_with_basic(form);
    if (use.basic && place < kBasic.size()) return wrong(text, "its template has no {} behind 'Basic'");
    const std::size_t begin = use.basic ? kBasic.size() : 0;
    use.before = std::string(form.substr(begin, place - begin));
    use.after = std::string(form.substr(place + kPlace.size()));
    return use;
}

}  // namespace hearth::egress
