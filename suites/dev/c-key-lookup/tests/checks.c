#include "checks.h"
#include "lookup.h"

static const char *value(const char *text, const char *key)
{
    static char out[100];
    char found[80] = "untouched";
    int length = lookup(text, key, found, sizeof found);
    sprintf(out, "%d %s", length, found);
    return out;
}

int main(void)
{
    const char *text = "# mode = never\nMode = slow\n\n  depth:\t3 m \r\nmode: fast  \nurl = http://a:8=b\n junk line\nempty =\nlast=end";
    same_text("plain", value(text, "depth"), "3 3 m");
    same_text("the last one counts", value(text, "MODE"), "4 fast");
    same_text("the first sign separates", value(text, "url"), "12 http://a:8=b");
    same_text("an empty value", value(text, "empty"), "0 ");
    same_text("no line end", value(text, "last"), "3 end");
    same_text("not there", value(text, "none"), "-1 untouched");
    same_text("a beginning is no match", value(text, "las"), "-1 untouched");
    same_text("nor is a longer key", value(text, "lasting"), "-1 untouched");
    same_text("lines without a sign", value(text, "junk line"), "-1 untouched");
    same_text("comments", value("#a = 1\n  # a = 2\n", "a"), "-1 untouched");
    same_text("an empty last value hides the others", value("a=1\na=\n", "a"), "0 ");
    same_text("an empty text", value("", "a"), "-1 untouched");
    same_text("keys with blanks", value("room name = attic\r\n", "Room Name"), "5 attic");
    char out[4] = "zzz";
    same_int("the length of a value that does not fit", lookup("a = stone", "a", out, sizeof out), 5);
    same_text("its beginning", out, "sto");
    char none[2] = "z";
    same_int("size 0", lookup("a = stone", "a", none, 0), 5);
    same_text("size 0 writes nothing", none, "z");
    return finish();
}
