#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "remote/aws_profile.h"
#include "remote/base_url.h"

// Any bytes as files of profiles: keys are whole or none, and hold no line's end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::remote;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto half = text.size() / 2;
    for (const auto& profile : {read_aws_profile(text, {}, "default"), read_aws_profile({}, text, "work"),
                                read_aws_profile(text.substr(0, half), text.substr(half), "work")}) {
        if (profile.keys) {
            HEARTH_ASSERT(!profile.keys->id.empty() && !profile.keys->secret.empty());
            HEARTH_ASSERT(!profile.keys->secret.contains('\n'));
        }
        if (is_region(profile.region)) {
            const auto url = parse_base_url(bedrock_url(profile.region));
            HEARTH_ASSERT(url && region_of_host(url->host) == profile.region);
        }
    }
    const auto region = region_of_arn(text);
    HEARTH_ASSERT(region.empty() || is_region(region));
    return 0;
}
