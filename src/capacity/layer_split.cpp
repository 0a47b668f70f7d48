#include "capacity/layer_split.h"

#include <algorithm>
#include <numeric>

namespace hearth::capacity {
namespace {

bool fit(const model::Architecture& model, const RunShape& shape, const std::vector<DeviceRoom>& rooms) {
    const MemoryParts parts = memory_of(model, shape);
    for (std::size_t i = 0; i < rooms.size(); ++i)
        if (parts.devices[i].total() > rooms[i].limit) return false;
    return true;
}

// Devices by speed, the fastest first; those alike in their order.
std::vector<std::size_t> by_speed(const std::vector<DeviceRoom>& rooms) {
    std::vector<std::size_t> order(rooms.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        return rooms[a].bandwidth != rooms[b].bandwidth ? rooms[a].bandwidth > rooms[b].bandwidth : a < b;
    });
    return order;
}

}  // namespace

std::vector<int> layers_by_share(const std::vector<double>& shares, int layers) {
    std::vector<int> counts(shares.size(), 0);
    if (counts.empty()) return counts;
    std::vector<float> points;
    float sum = 0;
    for (const double share : shares) {
        sum += static_cast<float>(std::max(0.0, share));
        points.push_back(sum);
    }
    for (float& point : points)
        point = sum > 0 ? point / sum : 0;
    for (int layer = 0; layer < layers; ++layer) {
        const float at = static_cast<float>(layer) / static_cast<float>(layers);
        const auto device = std::ranges::upper_bound(points, at) - points.begin();
        ++counts[std::min(static_cast<std::size_t>(device), counts.size() - 1)];
    }
    return counts;
}

LayerSplit split_layers(const model::Architecture& model, RunShape shape,
                        const std::vector<DeviceRoom>& rooms) {
    const int layers = std::max(0, shape.gpu_layers);
    const auto fits = [&](std::vector<int> counts) {
        shape.gpu_split = std::move(counts);
        return fit(model, shape, rooms);
    };
    for (const std::size_t alone : by_speed(rooms)) {
        std::vector<int> counts(rooms.size(), 0);
        counts[alone] = layers;
        if (fits(counts)) return {.layers = std::move(counts), .fits = true};
    }
    std::vector<double> shares;
    for (const DeviceRoom& room : rooms)
        shares.push_back(static_cast<double>(room.limit.value));
    const std::vector<int> even = layers_by_share(shares, layers);
    if (fits(even)) return {.layers = even, .fits = true};
    std::vector<int> filled(rooms.size(), 0);
    int left = layers;
    for (std::size_t device = 0; device < rooms.size(); ++device) {
        // The most that this one holds, what is left going to the next; with the last of them also the output matrix.
        int low = 0;
        int high = device + 1 == rooms.size() ? 0 : left;
        while (low < high) {
            const int middle = low + (high - low + 1) / 2;
            shape.gpu_split = filled;
            shape.gpu_split[device] = middle;
            shape.gpu_split[device + 1] = left - middle;
            if (memory_of(model, shape).devices[device].total() <= rooms[device].limit) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        filled[device] = device + 1 == rooms.size() ? left : low;
        left -= filled[device];
    }
    if (fits(filled)) return {.layers = std::move(filled), .fits = true};
    return {.layers = even, .fits = false};
}

}  // namespace hearth::capacity
