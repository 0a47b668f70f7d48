#include "fields.h"

#include <string.h>

int put_field(char *out, size_t size, const char *text)
{
    strncpy(out, text, size);
    return strlen(text) <= size;
}

int put_padded(char *out, size_t size, const char *text)
{
    int fits = put_field(out, size, text);
    for (size_t i = strlen(text); i < size; i++)
        out[i] = ' ';
    out[size] = '\0';
    return fits;
}

int join_fields(char *out, size_t size, const char *first, const char *second)
{
    put_field(out, size, first);
    strcat(out, ", ");
    return put_field(out + strlen(out), size, second);
}
