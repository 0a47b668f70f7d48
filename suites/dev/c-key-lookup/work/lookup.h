#ifndef LOOKUP_H
#define LOOKUP_H

#include <stddef.h>

int lookup(const char *text, const char *key, char *out, size_t size);

#endif
