#include "traffic.h"

void traffic_start(struct traffic *t)
{
    *t = (struct traffic){0};
}

void traffic_add(struct traffic *t, uint32_t counter, uint32_t seconds)
{
    uint64_t delta = (uint32_t)(counter - t->last);
    int counts = t->started && seconds > 0;
    t->last = counter;
    t->started = 1;
    if (!counts)
        return;
    t->bytes += delta;
    t->seconds += seconds;
    if (delta * 8 / seconds > t->peak)
        t->peak = delta * 8 / seconds;
}

uint64_t traffic_rate(const struct traffic *t)
{
    return t->seconds == 0 ? 0 : t->bytes * 8 / t->seconds;
}

uint64_t traffic_peak(const struct traffic *t)
{
    return t->peak;
}
