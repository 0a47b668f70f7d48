#include "scale.h"

void scale_init(struct scale *s)
{
    *s = (struct scale){0};
}

void scale_load(struct scale *s, long mg)
{
    s->load_mg = mg;
    if (scale_net(s) > s->peak_mg)
        s->peak_mg = scale_net(s);
}

void scale_tare(struct scale *s)
{
    s->tare_mg = s->load_mg;
    s->peak_mg = 0;
}

long scale_net(const struct scale *s)
{
    return s->load_mg - s->tare_mg;
}

long scale_in_unit(const struct scale *s, long mg)
{
    long step = s->unit == GRAMS ? 1000 : 2835;
    long half = mg < 0 ? -step : step;
    return (2 * mg + half) / (2 * step);
}

long scale_shown(const struct scale *s)
{
    return scale_in_unit(s, scale_net(s));
}
