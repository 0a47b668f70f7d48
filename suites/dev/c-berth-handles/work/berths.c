#include "berths.h"

void harbour_open(struct harbour *h) { (void)h; }

uint32_t dock(struct harbour *h, int tons)
{
    (void)h, (void)tons;
    return 0;
}

int tons_of(const struct harbour *h, uint32_t handle)
{
    (void)h, (void)handle;
    return -1;
}

int berth_of(const struct harbour *h, uint32_t handle)
{
    (void)h, (void)handle;
    return -1;
}

int depart(struct harbour *h, uint32_t handle)
{
    (void)h, (void)handle;
    return 0;
}

int move_ship(struct harbour *h, uint32_t handle, int berth)
{
    (void)h, (void)handle, (void)berth;
    return 0;
}

long long total_tons(const struct harbour *h)
{
    (void)h;
    return 0;
}
