#include "berths.h"
#include "checks.h"

static struct harbour harbour, other;

int main(void)
{
    struct harbour *h = &harbour;
    memset(h, 0x5A, sizeof *h);
    harbour_open(h);
    harbour_open(&other);
    same_int("an empty harbour", total_tons(h), 0);
    same_int("handle 0", tons_of(h, 0), -1);
    same_int("no weight", dock(h, 0), 0);

    uint32_t a = dock(h, 50);
    same_int("a handle is not 0", a != 0, 1);
    same_int("its berth", berth_of(h, a), 0);
    same_int("its weight", tons_of(h, a), 50);
    same_int("depart", depart(h, a), 1);
    same_int("depart again", depart(h, a), 0);
    uint32_t b = dock(h, 70);
    same_int("another handle for the same berth", a != b, 1);
    same_int("the berth again", berth_of(h, b), 0);
    same_int("the stale handle", tons_of(h, a), -1);
    same_int("departing by a stale handle", depart(h, a), 0);

    uint32_t c = dock(h, 30);
    same_int("the next berth", berth_of(h, c), 1);
    same_int("move to a taken berth", move_ship(h, c, 0), 0);
    same_int("move out of the harbour", move_ship(h, c, BERTHS), 0);
    same_int("move below the first", move_ship(h, c, -1), 0);
    same_int("move by a stale handle", move_ship(h, a, 9), 0);
    same_int("move", move_ship(h, c, 40), 1);
    same_int("the handle stays", berth_of(h, c), 40);
    uint32_t d = dock(h, 5);
    same_int("the berth left is free", berth_of(h, d), 1);
    same_int("handles differ", c != d && b != d, 1);
    same_int("the moved ship", tons_of(h, c), 30);
    same_int("total", total_tons(h), 105);
    same_int("another harbour", total_tons(&other), 0);

    while (dock(h, 1) != 0) {
    }
    same_int("a full harbour", total_tons(h), 105 + 61);
    same_int("depart from a full harbour", depart(h, c), 1);
    same_int("the only free berth", berth_of(h, dock(h, 2147483647)), 40);

    int same = 0;
    harbour_open(h);
    uint32_t first = dock(h, 1);
    depart(h, first);
    for (int i = 0; i < 1000000; i++) {
        uint32_t next = dock(h, 1);
        same += next == first || next == 0;
        depart(h, next);
    }
    same_int("handles used again within a million dockings", same, 0);
    return finish();
}
