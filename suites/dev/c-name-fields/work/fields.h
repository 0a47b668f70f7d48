#ifndef FIELDS_H
#define FIELDS_H

#include <stddef.h>

int put_field(char *out, size_t size, const char *text);
int put_padded(char *out, size_t size, const char *text);
int join_fields(char *out, size_t size, const char *first, const char *second);

#endif
