#include "cash.h"
#include "checks.h"

#include <stdexcept>

int main() {
    checks::same("whole", parse("12"), 1200LL);
    checks::same("one decimal", parse("-12.5"), -1250LL);
    checks::same("cents", parse("0.07"), 7LL);
    checks::same("groups", parse("1,234,567.80"), 123456780LL);
    checks::same("blanks", parse("  1234.5 "), 123450LL);
    checks::same("large", parse("1000000000000"), 100000000000000LL);
    for (const std::string text : {"", " ", ".5", "5.", "1.234", "12,34", "1234,567", ",123", "1,,234", "+1", "- 5", "1x", "--1", "1 2"}) {
        checks::throws<std::invalid_argument>("parse(\"" + text + "\")", [&] { parse(text); });
    }
    checks::same("format zero", format(0), "0.00");
    checks::same("format cents", format(-7), "-0.07");
    checks::same("format groups", format(123456780), "1,234,567.80");
    checks::same("format below the first group", format(99999), "999.99");
    checks::same("format negative", format(-123405), "-1,234.05");
    checks::same("percent", percent(1050, 195), 205LL);
    checks::same("half goes up", percent(50, 10), 1LL);
    checks::same("half goes down below zero", percent(-50, 10), -1LL);
    checks::same("negative percent", percent(1000, -25), -25LL);
    checks::same("below a half", percent(49, 10), 0LL);
    return checks::finish();
}
