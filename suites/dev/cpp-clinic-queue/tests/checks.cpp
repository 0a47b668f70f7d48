#include "checks.h"
#include "clinic.h"

#include <stdexcept>

using Names = std::vector<std::string>;

int main() {
    Clinic clinic;
    checks::same("nobody", clinic.waiting(), Names{});
    clinic.arrive("Zoe", 3);
    clinic.arrive("Ann", 3);
    clinic.arrive("Moe", 1);
    checks::same("equals wait in the order of arrival", clinic.waiting(), Names{"Moe", "Zoe", "Ann"});
    checks::same("asking changes nothing", clinic.waiting(), Names{"Moe", "Zoe", "Ann"});
    checks::throws<std::invalid_argument>("urgency 0", [&] { clinic.arrive("Bad", 0); });
    checks::throws<std::invalid_argument>("urgency 6", [&] { clinic.arrive("Bad", 6); });
    checks::throws<std::invalid_argument>("a name twice", [&] { clinic.arrive("Ann", 2); });
    checks::same("errors add nobody", clinic.waiting(), Names{"Moe", "Zoe", "Ann"});
    checks::same("call", clinic.call(), "Moe");
    checks::same("next call", clinic.call(), "Zoe");
    checks::same("leave", clinic.leave("Ann"), true);
    checks::same("leave again", clinic.leave("Ann"), false);
    checks::throws<std::out_of_range>("call with nobody there", [&] { clinic.call(); });

    Clinic second;
    second.arrive("Ann", 3);
    second.arrive("Bob", 2);
    second.arrive("Cid", 3);
    second.reassess("Cid", 2);
    checks::same("reassessed behind an earlier arrival", second.waiting(), Names{"Bob", "Cid", "Ann"});
    second.reassess("Ann", 2);
    checks::same("reassessed before later arrivals", second.waiting(), Names{"Ann", "Bob", "Cid"});
    checks::throws<std::invalid_argument>("reassess a stranger", [&] { second.reassess("Eve", 2); });
    checks::throws<std::invalid_argument>("reassess to 9", [&] { second.reassess("Bob", 9); });
    checks::same("errors change nothing", second.waiting(), Names{"Ann", "Bob", "Cid"});
    second.leave("Ann");
    second.arrive("Ann", 2);
    checks::same("coming back is a new arrival", second.waiting(), Names{"Bob", "Cid", "Ann"});
    return checks::finish();
}
