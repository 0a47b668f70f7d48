#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/registry.h"

// Any bytes as what a registry's 401 says; whatever is followed leads to that registry, and to an address without blanks in what we added.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kUrl = "https://r.example/v2/a/b/manifests/c";
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto challenge = hearth::model::parse_challenge(text);
    if (!challenge) return 0;
    if (challenge->realm.empty()) std::abort();
    const auto url = hearth::model::token_url(*challenge, kUrl);
    if (!url) return 0;
    if (url->size() < 17 || (*url)[0] == '/') std::abort();
    const auto added =
        std::string_view(*url).substr(std::min(challenge->realm.find('#'), challenge->realm.size()));
    if (added.find_first_of(" \r\n") != std::string_view::npos) std::abort();
    return 0;
}
