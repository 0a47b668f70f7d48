#include "paper.h"

int sheets(const Job& job) {
    int count = job.pages * job.copies;
    if (job.both_sides) count = count / 2;
    if (job.cover) count = count + 1;
    return count;
}

int packs(const std::vector<Job>& jobs, int per_pack) {
    int count = 0;
    for (const auto& job : jobs) count += sheets(job) / per_pack + 1;
    return count;
}
