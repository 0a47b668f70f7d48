#include "berths.h"

#include <string.h>

void harbour_open(struct harbour *h) { memset(h, 0, sizeof *h); }

int berth_of(const struct harbour *h, uint32_t handle)
{
    for (int berth = 0; berth < BERTHS; berth++) {
        if (h->tons[berth] > 0 && h->ship[berth] == handle)
            return berth;
    }
    return -1;
}

static uint32_t next_handle(struct harbour *h)
{
    do {
        h->last++;
    } while (h->last == 0 || berth_of(h, h->last) >= 0);
    return h->last;
}

uint32_t dock(struct harbour *h, int tons)
{
    if (tons <= 0)
        return 0;
    for (int berth = 0; berth < BERTHS; berth++) {
        if (h->tons[berth] > 0)
            continue;
        h->ship[berth] = next_handle(h);
        h->tons[berth] = tons;
        return h->ship[berth];
    }
    return 0;
}

int tons_of(const struct harbour *h, uint32_t handle)
{
    int berth = berth_of(h, handle);
    return berth < 0 ? -1 : h->tons[berth];
}

int depart(struct harbour *h, uint32_t handle)
{
    int berth = berth_of(h, handle);
    if (berth < 0)
        return 0;
    h->tons[berth] = 0;
    return 1;
}

int move_ship(struct harbour *h, uint32_t handle, int berth)
{
    int from = berth_of(h, handle);
    if (from < 0 || berth < 0 || berth >= BERTHS || h->tons[berth] > 0)
        return 0;
    h->tons[berth] = h->tons[from];
    h->ship[berth] = handle;
    h->tons[from] = 0;
    return 1;
}

long long total_tons(const struct harbour *h)
{
    long long total = 0;
    for (int berth = 0; berth < BERTHS; berth++)
        total += h->tons[berth];
    return total;
}
