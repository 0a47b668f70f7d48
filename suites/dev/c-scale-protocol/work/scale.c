#include "scale.h"

void scale_init(struct scale *s)
{
    s->load_mg = 0;
    s->tare_mg = 0;
    s->text[0] = '\0';
}

void scale_load(struct scale *s, long mg)
{
    s->load_mg = mg;
}

void scale_tare(struct scale *s)
{
    s->tare_mg = s->load_mg;
}

long scale_net(const struct scale *s)
{
    return s->load_mg - s->tare_mg;
}
