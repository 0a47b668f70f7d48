#include "station.h"

int Sensor::mean() const {
    if (readings_.size() == 0) {
        return 0;
    }
    int sum = 0;
    for (std::size_t i = 0; i < readings_.size(); ++i) {
        sum += readings_.at(i);
    }
    return sum / static_cast<int>(readings_.size());
}

std::string Sensor::trend() const {
    if (readings_.size() < 2) {
        return "steady";
    }
    const int change = readings_.at(readings_.size() - 1) - readings_.at(0);
    if (change > 0) {
        return "rising";
    }
    return change < 0 ? "falling" : "steady";
}
