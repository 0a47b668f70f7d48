#ifndef BERTHS_H
#define BERTHS_H

#include <stdint.h>

#define BERTHS 64

struct harbour {
    int tons[BERTHS];        /* by berth; 0: free */
    uint32_t ship[BERTHS];   /* the handle at a berth */
    uint32_t last;           /* the handle given last */
};

void harbour_open(struct harbour *h);
uint32_t dock(struct harbour *h, int tons);
int tons_of(const struct harbour *h, uint32_t handle);
int berth_of(const struct harbour *h, uint32_t handle);
int depart(struct harbour *h, uint32_t handle);
int move_ship(struct harbour *h, uint32_t handle, int berth);
long long total_tons(const struct harbour *h);

#endif
