#include "checks.h"
#include "rain.h"

static const char *classes(const int *tenths, int count, const int *limits, int number)
{
    static char out[100];
    int result[8] = {77, 77, 77, 77, 77, 77, 77, 77};
    int counted = rain_classes(tenths, count, limits, number, result);
    out[0] = '\0';
    for (int i = 0; i < number; i++)
        sprintf(out + strlen(out), "%d ", result[i]);
    sprintf(out + strlen(out), "of %d, %d", counted, result[number]);
    return out;
}

static const char *bar(int days, int most, int width)
{
    static char out[40];
    memset(out, '?', sizeof out);
    rain_bar(days, most, width, out);
    return out[width + 1] == '?' ? out : "written too far";
}

int main(void)
{
    const int limits[] = {1, 10, 50};
    const int days[] = {0, 5, 10, 99, 49, 50, 1, -1, 9};
    same_text("the example", classes(days, 4, limits, 3), "1 1 2 of 4, 77");
    same_text("limits belong to the next class", classes(days, 9, limits, 4), "1 3 2 2 of 8, 77");
    same_text("no days", classes(days, 0, limits, 3), "0 0 0 of 0, 77");
    same_text("one class", classes(days, 9, limits, 1), "8 of 8, 77");
    same_text("two classes", classes(days, 4, limits, 2), "1 3 of 4, 77");
    same_text("half a bar", bar(2, 4, 6), "###   ");
    same_text("halves go up", bar(1, 4, 6), "##    ");
    same_text("rounded down", bar(4, 10, 3), "#  ");
    same_text("full", bar(7, 7, 5), "#####");
    same_text("nothing", bar(0, 7, 5), "     ");
    same_text("at least one", bar(1, 1000, 5), "#    ");
    same_text("no maximum", bar(3, 0, 4), "    ");
    same_text("large numbers", bar(2000000000, 2000000000, 4), "####");
    return finish();
}
