#include "traffic.h"

void traffic_start(struct traffic *t)
{
    t->bytes = 0;
    t->seconds = 0;
    t->last = 0;
}

void traffic_add(struct traffic *t, uint32_t counter, uint32_t seconds)
{
    int delta = (int)(counter - t->last);
    if (delta < 0)
        delta = -delta;
    t->bytes += delta;
    t->seconds += seconds;
    if (delta * 8 / seconds > t->peak)
        t->peak = delta * 8 / seconds;
    t->last = counter;
}

uint64_t traffic_rate(const struct traffic *t)
{
    return (uint32_t)t->bytes * 8 / t->seconds;
}

uint64_t traffic_peak(const struct traffic *t)
{
    return t->peak;
}
