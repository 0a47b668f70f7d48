#include "beacon.h"

#include <string.h>

enum { IDLE, LENGTH, DATA, CHECK };

void beacon_start(struct beacon *b)
{
    memset(b, 0, sizeof *b);
}

static int dropped(struct beacon *b)
{
    b->errors++;
    b->state = IDLE;
    return 0;
}

static int begun(struct beacon *b)
{
    if (b->state > LENGTH || b->escaped)
        b->errors++;
    b->state = LENGTH;
    b->escaped = 0;
    b->count = 0;
    return 0;
}

int beacon_feed(struct beacon *b, unsigned char byte)
{
    if (byte == 0x7E)
        return begun(b);
    if (b->state == IDLE)
        return 0;
    if (byte == 0x7D && !b->escaped) {
        b->escaped = 1;
        return 0;
    }
    if (b->escaped)
        byte ^= 0x20;
    b->escaped = 0;
    switch (b->state) {
    case LENGTH:
        if (byte == 0 || byte > sizeof b->data)
            return dropped(b);
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
        if ((b->sum & 0xFF) != byte)
            return dropped(b);
        b->state = IDLE;
        return b->length;
    }
}
