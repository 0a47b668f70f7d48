#pragma once
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "model/catalogue_key.h"
#include "os/ed25519.h"

// A signed catalogue is one file: the TOML, and as its last line a comment with the signature of all bytes before it, so that a file
// and its signature cannot be from two days. KEY is key_id, only to say who it should be.
//     # hearth-signature: ed25519 KEY BASE64
namespace hearth::model {

struct SignedCatalogue {
    std::string_view body;  // all but the last line; points into the text
    std::string key_id;
    os::Signature signature;
};

// Whether the last line is a signature, be it a good one or not. Pure.
[[nodiscard]] bool looks_signed(std::string_view text);

// Errors: kCorrupt for a text without a signature as its whole last line (never signed, cut off, something behind it). Pure.
[[nodiscard]] Result<SignedCatalogue> split_signature(std::string_view text);

// The text with this signature at its end, in place of one that it may have. Pure.
[[nodiscard]] std::string sign_catalogue(std::string_view text, const os::SigningSeed& seed);

// The key that it is signed with. Errors: kPermission when none of these is it, kCorrupt when one should be and the bytes are others.
// Pure.
[[nodiscard]] Result<TrustedKey> signer_of(const SignedCatalogue& signed_text,
                                           std::span<const TrustedKey> keys);

}  // namespace hearth::model
