#include "paper.h"

int sheets(const Job& job) {
    if (job.pages <= 0 || job.copies <= 0) return 0;
    const int inside = job.both_sides ? (job.pages + 1) / 2 : job.pages;
    return job.copies * (inside + (job.cover ? 1 : 0));
}

int packs(const std::vector<Job>& jobs, int per_pack) {
    int count = 0;
    for (const auto& job : jobs) count += sheets(job);
    return (count + per_pack - 1) / per_pack;
}
