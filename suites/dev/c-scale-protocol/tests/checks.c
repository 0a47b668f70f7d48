#include "checks.h"
#include "scale.h"

/* Runs commands separated by '/' and returns the text of the last one. */
static const char *after(const char *commands)
{
    static struct scale s;
    static char out[64];
    char line[64];
    int status = 0;
    memset(&s, 0x5A, sizeof s);
    scale_init(&s);
    while (*commands != '\0') {
        size_t length = strcspn(commands, "/");
        memcpy(line, commands, length);
        line[length] = '\0';
        status = scale_command(&s, line);
        commands += length + (commands[length] == '/');
    }
    snprintf(out, sizeof out, "%d %s", status, s.text);
    return out;
}

int main(void)
{
    struct scale s;
    memset(&s, 0x5A, sizeof s);
    scale_init(&s);
    same_int("the unit at first", s.unit, GRAMS);
    same_int("the peak at first", s.peak_mg, 0);
    scale_load(&s, 1500);
    same_int("halves go up", scale_shown(&s), 2);
    scale_tare(&s);
    scale_load(&s, 0);
    same_int("halves go down below zero", scale_shown(&s), -2);
    same_int("the peak is never below zero", s.peak_mg, 0);
    s.unit = OUNCES;
    scale_load(&s, 1500 + 28350);
    same_int("an ounce in tenths", scale_shown(&s), 10);
    same_int("the peak is net", s.peak_mg, 28350);

    same_text("show", after("load 250400/show"), "0 250 g");
    same_text("show in ounces", after("load 250400/unit oz/show"), "0 8.8 oz");
    same_text("back to grams", after("load 250400/unit oz/unit g/show"), "0 250 g");
    same_text("negative grams", after("load 3000/tare/load 0/show"), "0 -3 g");
    same_text("negative ounces", after("unit oz/load 8505/tare/load 0/show"), "0 -0.3 oz");
    same_text("nothing in ounces", after("unit oz/show"), "0 0.0 oz");
    same_text("peak", after("load 9000/load 20000/load 4000/peak"), "0 20 g");
    same_text("peak after tare", after("load 9000/tare/load 12000/load 0/peak"), "0 3 g");
    same_text("peak in ounces", after("load 283500/load 0/unit oz/peak"), "0 10.0 oz");
    same_text("load gives no text", after("load 5000"), "0 ");
    const char *wrong[] = {"", "lift", "load", "load ", "load x", "load 5g", "load 5 5", "load -5", "tare 1", "unit", "unit kg", "unit g ", "show me", " show"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char what[64];
        snprintf(what, sizeof what, "wrong command \"%s\"", wrong[i]);
        scale_init(&s);
        scale_load(&s, 7000);
        same_int(what, scale_command(&s, wrong[i]), -1);
        same_int("and nothing changes", s.load_mg, 7000);
    }
    return finish();
}
