#include "checks.h"
#include "traffic.h"

int main(void)
{
    struct traffic t;
    memset(&t, 0x5A, sizeof t);
    traffic_start(&t);
    same_int("rate at first", (long long)traffic_rate(&t), 0);
    same_int("peak at first", (long long)traffic_peak(&t), 0);
    traffic_add(&t, 1000, 7);
    same_int("the first reading is a base", (long long)t.bytes, 0);
    same_int("and takes no time", (long long)t.seconds, 0);
    traffic_add(&t, 1500, 10);
    same_int("bytes", (long long)t.bytes, 500);
    same_int("rate", (long long)traffic_rate(&t), 400);
    traffic_add(&t, 1500, 10);
    same_int("rate after silence", (long long)traffic_rate(&t), 200);
    same_int("peak stays", (long long)traffic_peak(&t), 400);

    traffic_start(&t);
    traffic_add(&t, 4294967290u, 0);
    traffic_add(&t, 10, 2);
    same_int("over the wrap", (long long)t.bytes, 16);
    same_int("rate over the wrap", (long long)traffic_rate(&t), 64);
    traffic_add(&t, 9, 1);
    same_int("nearly a whole round", (long long)t.bytes, 16 + 4294967295LL);
    same_int("peak of a large step", (long long)traffic_peak(&t), 34359738360LL);

    traffic_start(&t);
    traffic_add(&t, 0, 1);
    traffic_add(&t, 100, 1);
    traffic_add(&t, 5, 0);
    same_int("a restart adds nothing", (long long)t.bytes, 100);
    traffic_add(&t, 25, 3);
    same_int("and is the new base", (long long)t.bytes, 120);
    same_int("seconds after a restart", (long long)t.seconds, 4);
    same_int("rounded down", (long long)traffic_rate(&t), 240);

    traffic_start(&t);
    traffic_add(&t, 0, 1);
    for (int i = 0; i < 1000; i++) {
        traffic_add(&t, 3000000000u, 1);
        traffic_add(&t, 0, 1);
    }
    same_int("large totals", (long long)t.bytes, 4294967296000LL);
    same_int("rate of large totals", (long long)traffic_rate(&t), 17179869184LL);
    return finish();
}
