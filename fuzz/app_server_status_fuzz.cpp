// What something that listens on the server's port may answer to `hearth ps`, and what a record in the runtime folder may hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <boost/json.hpp>

#include "app/server_address.h"
#include "app/server_record.h"
#include "app/server_status.h"
#include "core/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto address = hearth::app::parse_server_record(text))
        HEARTH_ASSERT(hearth::app::parse_server_address(hearth::app::address_words(*address)));
    const auto value = hearth::parse_json(text);
    if (!value) return 0;
    const auto status = hearth::app::parse_server_status(*value);
    if (!status) return 0;
    // Nothing that reached the table may steer the terminal.
    const std::string shown = hearth::app::models_table(*status, 0) + hearth::app::requests_table(*status);
    HEARTH_ASSERT(shown.find('\x1b') == std::string::npos);
    return 0;
}
