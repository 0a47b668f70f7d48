#include "beacon.h"

#include <string.h>

enum { IDLE, LENGTH, DATA, CHECK };

void beacon_start(struct beacon *b)
{
    memset(b, 0, sizeof *b);
}

int beacon_feed(struct beacon *b, unsigned char byte)
{
    static int escaped = 0;
    if (byte == 0x7D) {
        escaped = 1;
        return 0;
    }
    if (escaped)
        byte ^= 0x20;
    escaped = 0;
    switch (b->state) {
    case IDLE:
        if (byte == 0x7E)
            b->state = LENGTH;
        return 0;
    case LENGTH:
        b->length = byte;
        b->sum = byte;
        b->state = DATA;
        return 0;
    case DATA:
        b->data[b->count++] = byte;
        b->sum += byte;
        if (b->count == b->length)
            b->state = CHECK;
        return 0;
    default:
        b->state = IDLE;
        if (b->sum != byte) {
            b->errors++;
            return 0;
        }
        return b->length;
    }
}
