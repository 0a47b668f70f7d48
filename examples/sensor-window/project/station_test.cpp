#include "station.h"

#include <iostream>
#include <string>

namespace {

int failures = 0;

template <typename T>
void expect(const std::string& what, const T& actual, const T& expected) {
    if (actual == expected) {
        std::cout << "ok    " << what << "\n";
        return;
    }
    ++failures;
    std::cout << "FAIL  " << what << ": expected " << expected << ", actual " << actual << "\n";
}

}  // namespace

int main() {
    RingBuffer<int> buffer(3);
    for (int value : {10, 20, 30}) {
        buffer.push(value);
    }
    expect("oldest of a full buffer", buffer.at(0), 10);
    buffer.push(40);
    expect("size after overwriting", static_cast<int>(buffer.size()), 3);
    expect("oldest after overwriting", buffer.at(0), 20);
    expect("newest after overwriting", buffer.at(2), 40);

    Sensor sensor(4);
    expect("no readings are steady", sensor.trend(), std::string("steady"));
    for (int tenths : {120, 140, 160, 150}) {
        sensor.add(tenths);
    }
    expect("mean of the window", sensor.mean(), 142);
    expect("trend of the window", sensor.trend(), std::string("rising"));
    sensor.add(130);
    expect("trend after the window moved", sensor.trend(), std::string("falling"));
    expect("mean after the window moved", sensor.mean(), 145);
    std::cout << (failures == 0 ? "all tests passed\n" : std::to_string(failures) + " tests failed\n");
    return failures == 0 ? 0 : 1;
}
