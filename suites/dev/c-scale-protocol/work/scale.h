#ifndef SCALE_H
#define SCALE_H

struct scale {
    long load_mg;
    long tare_mg;
    char text[32];
};

void scale_init(struct scale *s);
void scale_load(struct scale *s, long mg);
void scale_tare(struct scale *s);
long scale_net(const struct scale *s);

int scale_command(struct scale *s, const char *line);

#endif
