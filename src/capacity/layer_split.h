#pragma once
#include <vector>

#include "capacity/memory_model.h"
#include "core/units.h"
#include "model/architecture.h"

namespace hearth::capacity {

// How many of `layers` in a row go to each of several GPUs under proportions, as llama.cpp's layer split places them (llama_model::load_tensors:
// layer i to the first device whose share of the sum, added up, is over i / layers, in single precision). Without any proportion over 0
// all go to the last. Pure.
[[nodiscard]] std::vector<int> layers_by_share(const std::vector<double>& shares, int layers);

// What a GPU may take, and how fast its memory is (0: not known).
struct DeviceRoom {
    Bytes limit{0};
    double bandwidth = 0;
};

// Layers of shape.gpu_layers for each GPU, in the engine's order, so that each has room for its part: all on one where one has room for
// all (the fastest such), for between GPUs a token only loses time; else in proportion to their room, as the engine itself would; else as
// many as fit on each, from the first on. When nothing fits, in proportion. Pure. Cost: some evaluations of the memory model for each GPU.
struct LayerSplit {
    std::vector<int> layers;
    bool fits = false;
};

[[nodiscard]] LayerSplit split_layers(const model::Architecture& model, RunShape shape,
                                      const std::vector<DeviceRoom>& rooms);

}  // namespace hearth::capacity
