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
    bool unified = false;  // its memory is the machine's
};

// A machine to plan for: this one, or one of the catalogue.
struct MachineProfile {
    std::string name;
    std::string title;
    MemoryFacts memory;
    int cores = 1;
    WeightLayout layout = WeightLayout::kAvx2;
    std::optional<GpuProfile> gpu;
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

// "dgx-spark", "2x dgx-spark": one of the machines, or several that are linked and split a model by layers, which adds up their
// memory but not their speed. `link` is "200gbe", "10gbe", "tb5" or empty.
// Errors: kNotFound with the names there are; kInvalidInput for counts over 16 and unknown links.
[[nodiscard]] Result<MachineProfile> choose_machine(const std::vector<MachineProfile>& machines,
                                                    std::string_view wish, std::string_view link);

}  // namespace hearth::capacity
