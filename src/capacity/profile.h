#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capacity/machine.h"
#include "capacity/memory_model.h"
#include "capacity/speed_model.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::capacity {

// An accelerator as a plan needs it.
struct GpuProfile {
    std::string name;
    Bytes total{0};
    Bytes available{0};
    bool unified = false;   // its memory is the machine's
    SpeedFacts speed = {};  // of one of several that are not alike; else Speeds::device
};

// A machine to plan for: this one, or one of the catalogue.
struct MachineProfile {
    std::string name;
    std::string title;
    MemoryFacts memory;
    int cores = 1;
    WeightLayout layout = WeightLayout::kAvx2;
    std::optional<GpuProfile> gpu;
    std::vector<GpuProfile> more_gpus =
        {};  // beside the first, with memory of their own, in the engine's order
    Speeds speeds;
    double price_usd = 0;  // 0: not known
    std::string source;    // of its figures, with the date
};

[[nodiscard]] MachineProfile profile_of(const Machine& machine);

// Reads a file of machines (TOML, format in docs/capacity.md). `file` names it in errors.
// Errors: kInvalidInput with file and line: syntax, unknown keys, numbers that cannot be, a name given twice.
// Threads: pure.
[[nodiscard]] Result<std::vector<MachineProfile>> parse_machines(std::string_view text,
                                                                 const std::filesystem::path& file);

// All machines below the catalogue folders (machines/*.toml); the user's own replace those that ship.
[[nodiscard]] Result<std::vector<MachineProfile>> load_machines(
    const std::vector<std::filesystem::path>& catalogue_folders);

// Of a profile with several GPUs all of them, the first among them. Empty without a GPU with memory of its own. Pure.
[[nodiscard]] std::vector<GpuProfile> cards_of(const MachineProfile& machine);

// Gives a machine further GPUs and what is known of their speeds. Pure.
void add_cards(MachineProfile& machine, const std::vector<GpuProfile>& cards);

// "dgx-spark": one of the machines. "2x rtx-4090": that machine with two such GPUs, which split a model by layers. "rtx-4090 + 2x rtx-3060-12":
// the first machine with the GPUs of the others beside its own. "2x dgx-spark", or any with a `link`: several machines that are linked, which
// adds up their memory but not their speed. `link` is "200gbe", "10gbe", "tb5" or empty.
// Errors: kNotFound with the names there are; kInvalidInput for counts over 16, unknown links, and for what has no GPU of its own to give.
[[nodiscard]] Result<MachineProfile> choose_machine(const std::vector<MachineProfile>& machines,
                                                    std::string_view wish, std::string_view link);

}  // namespace hearth::capacity
