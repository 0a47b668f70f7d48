#include "checks.h"
#include "fields.h"

static char memory[64];
static char *out = memory + 8;

static void fresh(void) { memset(memory, '#', sizeof memory); }

static int clean(size_t size)
{
    for (size_t i = 0; i < sizeof memory; i++) {
        if ((i < 8 || i >= 8 + size) && memory[i] != '#')
            return 0;
    }
    return 1;
}

static void field(const char *what, size_t size, const char *text, const char *expected, int fits)
{
    fresh();
    int got = put_field(out, size, text);
    same_int(what, clean(size), 1);
    same_int(what, got, fits);
    memory[63] = '\0';
    same_text(what, out, expected);
}

static void padded(const char *what, size_t size, const char *text, const char *expected, int fits)
{
    fresh();
    int got = put_padded(out, size, text);
    same_int(what, clean(size), 1);
    same_int(what, got, fits);
    memory[63] = '\0';
    same_text(what, out, expected);
}

static void joined(const char *what, size_t size, const char *first, const char *second, const char *expected, int fits)
{
    fresh();
    int got = join_fields(out, size, first, second);
    same_int(what, clean(size), 1);
    same_int(what, got, fits);
    memory[63] = '\0';
    same_text(what, out, expected);
}

int main(void)
{
    field("a short text", 10, "Anna", "Anna", 1);
    field("just fitting", 5, "Anna", "Anna", 1);
    field("one too long", 4, "Anna", "Ann", 0);
    field("room for the end only", 1, "Anna", "", 0);
    field("empty", 1, "", "", 1);
    field("a half character is left out", 4, "J\xC3\xB6rg", "J\xC3\xB6", 0);
    field("no half character", 3, "J\xC3\xB6rg", "J", 0);
    field("four bytes of one character", 4, "\xF0\x9F\x90\x9D", "", 0);
    padded("padded", 6, "Bo", "Bo   ", 1);
    padded("nothing to pad", 3, "Bo", "Bo", 1);
    padded("padded and cut", 3, "Bodo", "Bo", 0);
    padded("padded after a half character", 4, "J\xC3\xB6\xC3\xB6", "J\xC3\xB6", 0);
    joined("joined", 20, "Bo", "Ann", "Bo, Ann", 1);
    joined("joined with nothing", 20, "Bo", "", "Bo", 1);
    joined("joined just fitting", 8, "Bo", "Ann", "Bo, Ann", 1);
    joined("joined and cut", 7, "Bo", "Ann", "Bo, An", 0);
    joined("cut in the first", 3, "Bodo", "Ann", "Bo", 0);
    fresh();
    same_int("size 0", put_field(out, 0, "Anna") + put_padded(out, 0, "Anna") + join_fields(out, 0, "A", "B"), 0);
    same_int("size 0 writes nothing", clean(0), 1);
    return finish();
}
