#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/engine_log.h"
#include "engine/flags.h"
#include "engine/hang_watch.h"
#include "engine/memory_report.h"
#include "engine/process_stats.h"
#include "engine/slot_files.h"
#include "os/process_memory.h"

// Text of other programs: a server's --help, its log, its buffers, slots and metrics, and the kernel's lines on processors and threads.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const KnownFlags known = KnownFlags::from_help(text);
    HEARTH_ASSERT(!known.has("--ctx-size") || text.find("--ctx-size") != std::string_view::npos);
    if (const auto stat = parse_task_stat(text)) HEARTH_ASSERT(stat->ticks >= 0);
    const std::string name = file_name_of(text);
    HEARTH_ASSERT(!name.empty() && name.size() <= 100 && name.find('/') == std::string::npos);
    const std::string lines = tail_lines(text, 3, size % 2 == 0);
    for (const char byte : lines)
        HEARTH_ASSERT(byte == '\n' || byte == '\t' || static_cast<unsigned char>(byte) >= 0x20);
    for (const HeldPrompt& held : held_prompts(text))
        HEARTH_ASSERT(held.slot >= 0 && held.tokens.value > 0);
    HEARTH_ASSERT(!(prompt_pace(text) < 0));
    if (const auto report = parse_memory_report(text)) {
        for (const hearth::Bytes each : {report->mapped, report->weights, report->kv_cache, report->state,
                                         report->compute, report->output})
            HEARTH_ASSERT(each.value >= 0);
    }
    HEARTH_ASSERT(parse_checkpoints(text).value >= 0);
    if (const auto ticks = parse_processor_ticks(text)) HEARTH_ASSERT(ticks->busy <= ticks->all);
    if (const auto memory = hearth::os::parse_statm(text, hearth::Bytes{4096}))
        HEARTH_ASSERT(memory->anonymous.value >= 0 && memory->anonymous <= memory->resident);
    return 0;
}
