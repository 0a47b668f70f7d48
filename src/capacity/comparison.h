#pragma once
#include <string>
#include <vector>

#include "capacity/memory_model.h"
#include "core/units.h"
#include "model/architecture.h"
#include "model/gguf.h"

namespace hearth::capacity {

// What an engine without an accelerator said that it allocated. Zero for what it did not name.
struct EngineMemory {
    Bytes mapped{0};   // of the model file, in the address space
    Bytes weights{0};  // in memory of their own: in the CPU's layout, or read instead of mapped
    Bytes kv_cache{0};
    Bytes state{0};
    Bytes compute{0};
    Bytes output{0};
};

// One part of what was planned beside what came of it.
struct Figure {
    std::string part;  // "KV cache"
    Bytes predicted{0};
    Bytes measured{0};
    double allowed = 0;  // by which share of the prediction they may differ

    // Measured over predicted, less 1; 0 when both are 0.
    [[nodiscard]] double error() const;

    // They differ by more than is allowed. The engine prints hundredths of a MiB, so twice that is none in any case.
    [[nodiscard]] bool missed() const;
};

inline constexpr double kBufferTarget = 0.01;
inline constexpr double kResidentTarget = 0.03;
inline constexpr const char* kResidentPart = "resident memory";

// What the engine maps of the file, or of all files of a model in several together: of each from the first to the last tensor that it uses
// as it is stored. `header` is the one that `model` was read from. Pure.
[[nodiscard]] Bytes mapped_span(const model::GgufHeader& header, const model::Architecture& model,
                                WeightLayout layout);

// By part, those that are neither planned nor there left out. `span` is mapped_span(). Pure.
[[nodiscard]] std::vector<Figure> compare_buffers(const MemoryParts& planned, Bytes span,
                                                  const EngineMemory& measured);

// What has to stay in memory once a full step was computed and before the prompt cache holds anything: the planned total (with the work buffers as far as
// they were filled) without prompt cache and
// checkpoints, beside the process's anonymous memory, less its checkpoints, and the weights that it uses where they are mapped. Those are counted by their size, because
// the kernel also shows mapped pages that were copied into the CPU's layout and are not needed any more. Pure.
[[nodiscard]] Figure compare_resident(const MemoryParts& planned, const EngineMemory& buffers,
                                      Bytes anonymous);

}  // namespace hearth::capacity
