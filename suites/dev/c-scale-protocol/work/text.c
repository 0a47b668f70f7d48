#include "scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int scale_command(struct scale *s, const char *line)
{
    if (strncmp(line, "load ", 5) == 0) {
        scale_load(s, atol(line + 5));
        return 0;
    }
    if (strcmp(line, "tare") == 0) {
        scale_tare(s);
        return 0;
    }
    return -1;
}
