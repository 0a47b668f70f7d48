#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/rpc_command.h"
#include "agent/rpc_line.h"
#include "core/json.h"
#include "core/result.h"

namespace {

using Lines = std::vector<std::pair<std::string, bool>>;

Lines lines_of(std::string_view text, std::size_t piece, std::size_t most) {
    Lines lines;
    hearth::agent::RpcLineReader reader(
        [&](std::string_view line, bool too_long) { lines.emplace_back(line, too_long); }, most);
    for (std::size_t at = 0; at < text.size(); at += piece)
        reader.feed(text.substr(at, piece));
    reader.finish();
    return lines;
}

}  // namespace

// The input of the RPC protocol: lines do not depend on the pieces they come in, a line that is too long has no text, and every
// command can be answered with one line of JSON that repeats its id.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto most = static_cast<std::size_t>(data[0]) + 1;
    const auto whole = lines_of(text, size, most);
    HEARTH_ASSERT(whole == lines_of(text, 1, most));
    HEARTH_ASSERT(whole == lines_of(text, 7, most));
    for (const auto& [line, too_long] : whole) {
        HEARTH_ASSERT(line.size() <= most && line.find('\n') == std::string::npos);
        HEARTH_ASSERT(!too_long || line.empty());
    }
    for (const auto& [line, too_long] : lines_of(text, size, size)) {
        const auto command = hearth::agent::parse_rpc_command(line);
        if (!command) continue;
        for (const auto& answer :
             {hearth::agent::rpc_success(*command, "{}"), hearth::agent::rpc_failure(*command, line)}) {
            HEARTH_ASSERT(answer.find('\n') == std::string::npos);
            const auto value = hearth::parse_json(answer);
            HEARTH_ASSERT(value);
            if (command->id) HEARTH_ASSERT(hearth::string_member(*value, "id") == *command->id);
        }
    }
    return 0;
}
