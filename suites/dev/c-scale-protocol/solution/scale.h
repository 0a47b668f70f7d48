#ifndef SCALE_H
#define SCALE_H

enum unit { GRAMS, OUNCES };

struct scale {
    long load_mg;
    long tare_mg;
    char text[32];
    enum unit unit;
    long peak_mg;
};

void scale_init(struct scale *s);
void scale_load(struct scale *s, long mg);
void scale_tare(struct scale *s);
long scale_net(const struct scale *s);
long scale_shown(const struct scale *s);
long scale_in_unit(const struct scale *s, long mg);

int scale_command(struct scale *s, const char *line);

#endif
