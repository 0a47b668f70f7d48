#pragma once

#include <vector>

struct Job {
    int pages;
    int copies;
    bool both_sides;
    bool cover;
};

int sheets(const Job& job);
int packs(const std::vector<Job>& jobs, int per_pack);
