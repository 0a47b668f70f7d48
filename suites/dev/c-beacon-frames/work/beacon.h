#ifndef BEACON_H
#define BEACON_H

struct beacon {
    unsigned char data[32];
    int errors;
    int state;
    int length;
    int count;
    int sum;
};

void beacon_start(struct beacon *b);
int beacon_feed(struct beacon *b, unsigned char byte);

#endif
