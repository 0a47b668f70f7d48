#include "beacon.h"
#include "checks.h"

/* Feeds bytes written in hex and returns the good frames as text: "AB|C|" plus the errors. */
static const char *fed(const char *hex)
{
    static char out[400];
    struct beacon b;
    unsigned byte;
    int used;
    out[0] = '\0';
    beacon_start(&b);
    for (; sscanf(hex, "%x%n", &byte, &used) == 1; hex += used) {
        int length = beacon_feed(&b, (unsigned char)byte);
        for (int i = 0; i < length; i++)
            sprintf(out + strlen(out), b.data[i] >= ' ' && b.data[i] < 0x7F ? "%c" : "<%02X>", b.data[i]);
        if (length > 0)
            strcat(out, "|");
    }
    sprintf(out + strlen(out), " %d", b.errors);
    return out;
}

int main(void)
{
    char longest[300] = "7E 20";
    for (int i = 0; i < 32; i++)
        strcat(longest, " 41");
    same_text("a frame", fed("7E 02 41 42 85"), "AB| 0");
    same_text("two frames", fed("7E 02 41 42 85 7E 01 43 44"), "AB|C| 0");
    same_text("noise between frames", fed("00 41 7D 7E 01 43 44 05 06 7E 01 44 45"), "C|D| 0");
    same_text("an idle line", fed("7E 7E 7E 01 43 44"), "C| 0");
    same_text("the sum wraps", fed("7E 02 FF FF 00"), "<FF><FF>| 0");
    same_text("escaped data", fed("7E 02 7D 5E 7D 5D FD"), "~}| 0");
    same_text("an escaped check byte", fed("7E 01 7D 5D 7D 5E"), "}| 0");
    same_text("a wrong check byte", fed("7E 02 41 42 86 7E 01 43 44"), "C| 1");
    same_text("an incomplete frame", fed("7E 05 41 42 7E 01 43 44"), "C| 1");
    same_text("a new frame where the check byte is due", fed("7E 01 41 7E 01 43 44"), "C| 1");
    same_text("a new frame after an escape", fed("7E 7D 7E 01 43 44"), "C| 1");
    same_text("length zero", fed("7E 00 00 41 7E 01 43 44"), "C| 1");
    strcat(longest, " 40 7E 01 43 44");
    same_text("the longest frame", fed(longest), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|C| 0");
    same_text("a length above 32", fed("7E 21 41 41 7E 01 43 44"), "C| 1");
    same_text("a bad length waits for the next frame", fed("7E 40 01 43 44"), " 1");
    struct beacon first, second;
    beacon_start(&first);
    beacon_start(&second);
    beacon_feed(&first, 0x7E);
    beacon_feed(&first, 0x7D);
    const unsigned char frame[] = {0x7E, 0x01, 0x43, 0x44};
    int length = 0;
    for (int i = 0; i < 4; i++)
        length = beacon_feed(&second, frame[i]);
    same_int("decoders do not share an escape", length, 1);
    return finish();
}
