#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.h"

namespace hearth::capacity {

// An accelerator as its driver tells of it, without any toolkit.
struct GpuFacts {
    std::string name;
    std::string driver;  // "nvidia", "amdgpu", "i915", "xe"
    Bytes total{0};      // memory of its own; 0 where the driver does not say
    Bytes available{0};
    Bytes shared{0};       // of the machine's memory that it may use besides
    bool unified = false;  // it has no memory of its own worth naming
};

// What drivers tell: the management library that comes with NVIDIA's driver, and /sys/class/drm. Empty without a GPU.
// Threads: any. Cost: below a millisecond without NVIDIA's driver, some tens with it.
[[nodiscard]] std::vector<GpuFacts> probe_gpus();

// The part below a sysfs folder (/sys/class/drm): cards with the drivers amdgpu, i915 and xe. Pure but for the files.
[[nodiscard]] std::vector<GpuFacts> drm_gpus(const std::filesystem::path& drm);

}  // namespace hearth::capacity
