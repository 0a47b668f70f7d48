#ifndef RAIN_H
#define RAIN_H

int rain_classes(const int *tenths, int count, const int *limits, int classes, int *result);
void rain_bar(int days, int most, int width, char *out);

#endif
