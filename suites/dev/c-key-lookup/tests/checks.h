/* Counts checks and says what was expected and what came. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdio.h>
#include <string.h>

static int checks_passed = 0;
static int checks_failed = 0;

static inline void same_int(const char *what, long long got, long long expected)
{
    if (got == expected) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("FAIL %s: expected %lld, got %lld\n", what, expected, got);
}

/* Writes a text with the bytes outside ASCII in hex. */
static inline void checks_show(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++)
        printf((unsigned char)*text < 0x80 ? "%c" : "<%02X>", (unsigned char)*text);
    putchar('"');
}

static inline void same_text(const char *what, const char *got, const char *expected)
{
    if (got != NULL && strcmp(got, expected) == 0) {
        checks_passed++;
        return;
    }
    checks_failed++;
    printf("FAIL %s: expected ", what);
    checks_show(expected);
    printf(", got ");
    checks_show(got == NULL ? "(null)" : got);
    putchar('\n');
}

static inline int finish(void)
{
    printf("%d passed, %d failed\n", checks_passed, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}

#endif
