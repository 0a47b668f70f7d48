#include "fields.h"

#include <string.h>

static size_t kept(const char *text, size_t room)
{
    size_t length = strlen(text);
    if (length <= room)
        return length;
    while (room > 0 && ((unsigned char)text[room] & 0xC0) == 0x80)
        room--;
    return room;
}

int put_field(char *out, size_t size, const char *text)
{
    if (size == 0)
        return 0;
    size_t length = kept(text, size - 1);
    memcpy(out, text, length);
    out[length] = '\0';
    return text[length] == '\0';
}

int put_padded(char *out, size_t size, const char *text)
{
    if (size == 0)
        return 0;
    int fits = put_field(out, size, text);
    size_t length = strlen(out);
    memset(out + length, ' ', size - 1 - length);
    out[size - 1] = '\0';
    return fits;
}

int join_fields(char *out, size_t size, const char *first, const char *second)
{
    int fits = put_field(out, size, first);
    if (!fits || second[0] == '\0')
        return fits;
    size_t used = strlen(out);
    fits = put_field(out + used, size - used, ", ");
    used = strlen(out);
    return fits && put_field(out + used, size - used, second);
}
