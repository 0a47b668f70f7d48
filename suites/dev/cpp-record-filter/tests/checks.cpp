#include "checks.h"
#include "filter.h"

#include <stdexcept>

static bool matches(const std::string& filter, const Record& record) {
    try {
        return Filter(filter).matches(record);
    } catch (const std::invalid_argument&) {
        checks::same("making " + filter, std::string("an exception"), std::string("a filter"));
        return false;
    }
}

int main() {
    const Record hall = {{"temp", "21.5"}, {"room", "hall"}, {"note", ""}};
    const Record living = {{"temp", "9"}, {"room", "living room"}};
    const std::string example = "temp > 20 and not (room = attic or room = 'living room')";
    checks::same("example, hall", matches(example, hall), true);
    checks::same("example, too cold", matches(example, {{"temp", "9"}, {"room", "hall"}}), false);
    checks::same("example, living room", matches(example, {{"temp", "30"}, {"room", "living room"}}), false);
    checks::same("numbers compare as numbers", matches("temp < 10", living), true);
    checks::same("equal numbers", matches("temp = 21.50", hall), true);
    checks::same("negative numbers", matches("t > -10", {{"t", "-9.5"}}), true);
    checks::same("texts compare as texts", matches("v < 9x", {{"v", "10"}}), true);
    checks::same("at most and at least", matches("temp<=9 and temp>=9", living), true);
    checks::same("not equal", matches("room != attic", hall), true);
    checks::same("a missing field fails", matches("lamp != on", hall), false);
    checks::same("not of a missing field", matches("not lamp = on", hall), true);
    checks::same("has", matches("has note and not has lamp", hall), true);
    checks::same("empty text", matches("note = ''", hall), true);
    checks::same("and before or", matches("room = hall or room = attic and temp > 90", hall), true);
    checks::same("parentheses", matches("(room = hall or room = attic)and(temp>90)", hall), false);
    checks::same("not binds strongest", matches("not room = hall or temp = 21.5", hall), true);
    checks::same("not not", matches("not not room=hall", hall), true);
    for (const std::string text : {"", "temp", "temp >", "> 3", "temp > 3 and", "(temp > 3", "temp > 3)", "temp == 3", "a = 'x", "and = 3",
                                   "a = or", "a = 1 b = 2", "a-b = 1", "'a' = 1", "not", "has", "a ! b", "()"}) {
        checks::throws<std::invalid_argument>("filter \"" + text + "\"", [&] { Filter filter(text); });
    }
    return checks::finish();
}
