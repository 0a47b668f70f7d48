#include "model/catalogue_signature.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/base64.h"
#include "core/text.h"

namespace hearth::model {
namespace {

constexpr std::string_view kMark = "# hearth-signature: ";
constexpr std::string_view kKind = "ed25519";

// Where the last line begins.
std::size_t last_line(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto end_before = text.rfind('\n');
    return end_before == std::string_view::npos ? 0 : end_before + 1;
}

Error no_signature(std::string_view why) {
    return {Code::kCorrupt, fmt::format("there is no signature at its end ({}); who publishes it signs it "
                                        "with `hearth catalogue sign`",
                                        why)};
}

bool is_key_id(std::string_view text) {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool looks_signed(std::string_view text) { return text.substr(last_line(text)).starts_with(kMark); }

Result<SignedCatalogue> split_signature(std::string_view text) {
    const auto begin = last_line(text);
    std::string_view line = text.substr(begin);
    if (!line.starts_with(kMark)) return no_signature("it was never signed, or is cut off");
    if (!line.ends_with('\n')) return no_signature("its last line is cut off");
    line.remove_suffix(1);
    line.remove_prefix(kMark.size());
    const auto words = split(line, ' ');
    if (words.size() != 3 || words[0] != kKind || !is_key_id(words[1]))
        return no_signature("its last line is not of the form 'ed25519 KEY BASE64'");
    const auto bytes = decode_base64(words[2]);
    if (!bytes || bytes->size() != os::kSignatureBytes)
        return no_signature("its last line has no signature of 64 bytes in base64");
    SignedCatalogue found{.body = text.substr(0, begin), .key_id = std::string(words[1]), .signature = {}};
    std::ranges::copy(*bytes, found.signature.bytes.begin());
    return found;
}

std::string sign_catalogue(std::string_view text, const os::SigningSeed& seed) {
    std::string body(looks_signed(text) ? text.substr(0, last_line(text)) : text);
    if (!body.empty() && !body.ends_with('\n')) body += '\n';
    const auto signature = os::sign(seed, body);
    const std::string_view bytes(reinterpret_cast<const char*>(signature.bytes.data()),
                                 signature.bytes.size());
    return fmt::format("{}{}{} {} {}\n", body, kMark, kKind, key_id(os::public_key_of(seed)),
                       encode_base64(bytes));
}

Result<TrustedKey> signer_of(const SignedCatalogue& signed_text, std::span<const TrustedKey> keys) {
    for (const auto& trusted : keys)
        if (os::is_signed_by(trusted.key, signed_text.body, signed_text.signature)) return trusted;
    for (const auto& trusted : keys)
        if (key_id(trusted.key) == signed_text.key_id)
            return Error(Code::kCorrupt,
                         fmt::format("it says that '{}' signed it, and these are not the bytes "
                                     "that were signed: it was changed since",
                                     trusted.name));
    return Error(
        Code::kPermission,
        fmt::format("it says that the key {} signed it, which is not trusted here ({})", signed_text.key_id,
                    keys.empty() ? std::string("no key is") : fmt::format("{} keys are", keys.size())));
}

}  // namespace hearth::model
