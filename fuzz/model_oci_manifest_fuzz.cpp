#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/manifest.h"
#include "model/oci_manifest.h"

// Any bytes as a registry's manifest; whatever is accepted names files that can be asked for and verified.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto manifest = hearth::model::parse_oci_manifest(text);
    if (!manifest) return 0;
    const auto check = [](const hearth::model::OciLayer& layer) {
        if (!hearth::model::is_sha256(layer.sha256) || layer.size.value < 0) std::abort();
    };
    check(manifest->weights);
    for (const auto& part : manifest->further)
        check(part);
    for (const auto* layer :
         {&manifest->system, &manifest->chat_template, &manifest->licence, &manifest->parameters})
        if (*layer) check(**layer);
    return 0;
}
