#include "scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_text(struct scale *s, long shown)
{
    long size = labs(shown);
    const char *sign = shown < 0 ? "-" : "";
    if (s->unit == GRAMS)
        snprintf(s->text, sizeof s->text, "%s%ld g", sign, size);
    else
        snprintf(s->text, sizeof s->text, "%s%ld.%ld oz", sign, size / 10, size % 10);
}

static int load(struct scale *s, const char *number)
{
    size_t digits = strspn(number, "0123456789");
    if (digits == 0 || digits > 12 || number[digits] != '\0')
        return -1;
    scale_load(s, atol(number));
    return 0;
}

int scale_command(struct scale *s, const char *line)
{
    if (strncmp(line, "load ", 5) == 0)
        return load(s, line + 5);
    if (strcmp(line, "tare") == 0)
        scale_tare(s);
    else if (strcmp(line, "unit g") == 0)
        s->unit = GRAMS;
    else if (strcmp(line, "unit oz") == 0)
        s->unit = OUNCES;
    else if (strcmp(line, "show") == 0)
        write_text(s, scale_shown(s));
    else if (strcmp(line, "peak") == 0)
        write_text(s, scale_in_unit(s, s->peak_mg));
    else
        return -1;
    return 0;
}
