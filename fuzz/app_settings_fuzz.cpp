// Settings files of other programs, which a change must leave as they are but for its one member.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json.hpp>

#include "app/launch_plan.h"
#include "core/json.h"
#include "core/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using hearth::app::merge_setting;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const hearth::app::SettingsChange change{
        .file = "models.json", .path = {"providers", "hearth"}, .value = R"({"a":[1]})"};
    const auto merged = merge_setting(text, change);
    if (!merged) return 0;
    const auto value = hearth::parse_json(*merged);
    // One more level may be one too many.
    if (!value) return 0;
    HEARTH_ASSERT(value->at("providers").at("hearth").at("a").at(0) == 1);
    const auto again = merge_setting(*merged, change);
    HEARTH_ASSERT(again && *again == *merged);
    return 0;
}
