#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "model/catalogue_signature.h"

// Any bytes as a signed catalogue and as key files: what is taken apart is the same when it is put together, what one signs is signed, and
// a key has one text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace model = hearth::model;
    static const hearth::os::SigningSeed kSeed{.bytes = {7}};
    static const std::vector<model::TrustedKey> kKeys{
        {.name = "fuzz", .key = hearth::os::public_key_of(kSeed)}};
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto parts = model::split_signature(text)) {
        HEARTH_ASSERT(model::looks_signed(text));
        HEARTH_ASSERT(text.starts_with(parts->body) && parts->key_id.size() == 16);
        HEARTH_ASSERT(parts->body.empty() || parts->body.ends_with('\n'));
    }
    const auto signed_text = model::sign_catalogue(text, kSeed);
    const auto parts = model::split_signature(signed_text);
    HEARTH_ASSERT(parts && model::signer_of(*parts, kKeys));
    HEARTH_ASSERT(model::sign_catalogue(signed_text, kSeed) == signed_text);
    const auto other = "#" + signed_text;
    const auto changed = model::split_signature(other);
    HEARTH_ASSERT(!changed || !model::signer_of(*changed, kKeys));
    if (const auto key = model::parse_public_key(text))
        HEARTH_ASSERT(model::parse_public_key(model::public_key_text(*key)).value() == *key);
    if (const auto seed = model::parse_secret_key(text))
        HEARTH_ASSERT(model::parse_secret_key(model::secret_key_text(*seed)).value().bytes == seed->bytes);
    return 0;
}
