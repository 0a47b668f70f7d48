#pragma once
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "capacity/machine.h"
#include "capacity/speed_model.h"
#include "core/result.h"

namespace hearth::capacity {

// What a short run on this machine's own processors found.
struct Measurement {
    double read_bandwidth = 0;  // bytes a second, all threads together
    double multiply_rate = 0;   // 32-bit floating-point operations a second, all threads together
    double spread = 0;          // between the repeats, relative: other work disturbs
    double busy_share = 1;      // CPU time over wall time and threads; below 0.9 others took the processors
};

// Reads memory larger than any cache and multiplies in registers, in turns, for `seconds` in all (0.5 to 20).
// Memory: 64 MiB a thread, at least 256 MiB in all, at most a quarter of what is available. Errors: kExhausted
// without that much; kCancelled; kUnsupported in a build without optimisation. Threads: starts one for each; blocks.
[[nodiscard]] Result<Measurement> measure_machine(int threads, Bytes available, double seconds,
                                                  const std::stop_token& stop);

// The roofline of a CPU from a measurement: shares and the rate of quantized products relative to the measured one are those of
// the engine's kernels, see docs/capacity.md. Pure.
[[nodiscard]] SpeedFacts cpu_speed(const Measurement& measurement, const CpuFacts& cpu);

// Measurements are kept by machine identity in one JSON file, so that another CPU, microcode or driver asks for a new one.
[[nodiscard]] std::optional<Measurement> load_measurement(const std::filesystem::path& state_folder,
                                                          std::string_view identity);
[[nodiscard]] Status save_measurement(const std::filesystem::path& state_folder, std::string_view identity,
                                      const Measurement& measurement);

}  // namespace hearth::capacity
