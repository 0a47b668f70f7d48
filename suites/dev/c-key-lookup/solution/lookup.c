#include "lookup.h"

#include <string.h>

struct span {
    const char *begin;
    const char *end;
};

static int blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static struct span trimmed(const char *begin, const char *end)
{
    while (begin < end && blank(*begin))
        begin++;
    while (begin < end && blank(end[-1]))
        end--;
    return (struct span){begin, end};
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static int same_key(struct span name, const char *key)
{
    for (; name.begin < name.end; name.begin++, key++) {
        if (*key == '\0' || lower(*name.begin) != lower(*key))
            return 0;
    }
    return *key == '\0';
}

int lookup(const char *text, const char *key, char *out, size_t size)
{
    struct span found = {NULL, NULL};
    while (*text != '\0') {
        const char *end = text + strcspn(text, "\n");
        const char *sign = text + strcspn(text, "=:\n");
        struct span line = trimmed(text, end);
        if (sign < end && line.begin[0] != '#' && same_key(trimmed(text, sign), key))
            found = trimmed(sign + 1, end);
        text = *end == '\n' ? end + 1 : end;
    }
    if (found.begin == NULL)
        return -1;
    size_t length = (size_t)(found.end - found.begin);
    if (size > 0) {
        size_t kept = length < size ? length : size - 1;
        memcpy(out, found.begin, kept);
        out[kept] = '\0';
    }
    return (int)length;
}
