#include "rain.h"

#include <string.h>

int rain_classes(const int *tenths, int count, const int *limits, int classes, int *result)
{
    int counted = 0;
    memset(result, 0, sizeof *result * (size_t)classes);
    for (int day = 0; day < count; day++) {
        if (tenths[day] < 0)
            continue;
        int class = 0;
        while (class < classes - 1 && tenths[day] >= limits[class])
            class++;
        result[class]++;
        counted++;
    }
    return counted;
}

void rain_bar(int days, int most, int width, char *out)
{
    int filled = most <= 0 ? 0 : (int)((2LL * days * width + most) / (2LL * most));
    if (most > 0 && days > 0 && filled == 0)
        filled = 1;
    memset(out, ' ', (size_t)width);
    memset(out, '#', (size_t)filled);
    out[width] = '\0';
}
