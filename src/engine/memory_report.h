#pragma once
#include <optional>
#include <string_view>

#include "capacity/comparison.h"
#include "core/units.h"

namespace hearth::engine {

// What llama-server's log says that it allocated, once it has named its work buffers; nothing before, and where a device that is no CPU holds
// a part. A log of several loads (fitting measures before it loads) counts from the last one on. Lines that are looked at, at log verbosity 4:
//     load_tensors:   CPU_Mapped model buffer size =   463.35 MiB
//     llama_kv_cache:        CPU KV buffer size =   112.00 MiB      (RS, compute, output likewise)
// Survives any text (fuzz/engine_output_fuzz.cpp). Pure.
[[nodiscard]] std::optional<capacity::EngineMemory> parse_memory_report(std::string_view log);

// What the engine keeps beside its buffers so that a prompt can be taken up again where its cache cannot go back (sliding windows, states), as far as a log
// says that it made some and none was given up: "created context checkpoint 2 of 32 (..., size = 7.198 MiB)". Pure.
[[nodiscard]] Bytes parse_checkpoints(std::string_view log);

}  // namespace hearth::engine
