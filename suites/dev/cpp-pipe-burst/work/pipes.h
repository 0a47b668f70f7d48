#pragma once

#include <vector>

struct Pipe {
    int from;
    int to;
    int valve;  // 0: none
};

struct Isolation {
    std::vector<int> valves;
    std::vector<int> dry;
};

Isolation isolate(int junctions, const std::vector<Pipe>& pipes, int source, int burst);
