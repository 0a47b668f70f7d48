#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdint.h>

struct traffic {
    uint64_t bytes;
    uint64_t seconds;
    uint64_t peak;
    uint32_t last;
    int started;
};

void traffic_start(struct traffic *t);
void traffic_add(struct traffic *t, uint32_t counter, uint32_t seconds);
uint64_t traffic_rate(const struct traffic *t);
uint64_t traffic_peak(const struct traffic *t);

#endif
