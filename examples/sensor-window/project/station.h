#pragma once
#include <cstddef>
#include <string>

#include "ring_buffer.h"

// What a station knows of one sensor: its last readings, in tenths of a degree.
class Sensor {
public:
    explicit Sensor(std::size_t window) : readings_(window) {}

    void add(int tenths) { readings_.push(tenths); }

    // The mean of the readings in the window, rounded towards zero.
    int mean() const;

    // "rising", "falling" or "steady", from the oldest reading in the window to the newest.
    std::string trend() const;

    int oldest() const { return readings_.at(0); }

private:
    RingBuffer<int> readings_;
};
