#pragma once

#include <vector>

struct Step {
    int day;
    int hour;
    int minute;
    int tenths;
};

int target(const std::vector<Step>& program, long minute);
