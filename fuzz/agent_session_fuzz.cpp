#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/branch.h"
#include "agent/detail/session_json.h"
#include "agent/session_report.h"
#include "core/json.h"
#include "core/result.h"

// A line of a session file: what is understood of it is the same after it was written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    (void)hearth::agent::detail::decode_header(line);
    const auto entry = hearth::agent::detail::decode_entry(line);
    if (!entry) return 0;
    // Whatever an entry says, its branch can be built, and no message of it lacks its call.
    const std::vector<hearth::agent::Entry> log = {*entry};
    const auto context = hearth::agent::branch_context(hearth::agent::branch_path(log, entry->id));
    for (const auto& item : context)
        HEARTH_ASSERT(item.message.role != hearth::chat::Role::kTool || context.size() > 1);
    HEARTH_ASSERT(hearth::parse_json(hearth::agent::tree_json(log, entry->id)));
    if (entry->type != "custom" && (!entry->message || entry->type != "message")) return 0;
    const auto again = hearth::agent::detail::decode_entry(hearth::agent::detail::encode_entry(*entry, 0));
    HEARTH_ASSERT(again);
    HEARTH_ASSERT(again->id == entry->id && again->parent_id == entry->parent_id &&
                  again->type == entry->type);
    HEARTH_ASSERT(again->message.has_value() == entry->message.has_value());
    if (entry->message) {
        HEARTH_ASSERT(again->message->role == entry->message->role);
        HEARTH_ASSERT(again->message->text == entry->message->text);
        if (entry->message->role == hearth::chat::Role::kAssistant)
            HEARTH_ASSERT(again->message->tool_calls.size() == entry->message->tool_calls.size());
    }
    return 0;
}
