#include "thermostat.h"

int target(const std::vector<Step>& program, long minute) {
    const long week = 7 * 24 * 60;
    long best = week;
    int tenths = 50;
    for (const auto& step : program) {
        const long begin = step.day * 24 * 60 + step.hour * 60 + step.minute;
        const long ago = (((minute - begin) % week) + week) % week;
        if (ago <= best) {
            best = ago;
            tenths = step.tenths;
        }
    }
    return tenths;
}
