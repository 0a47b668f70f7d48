#include "cargo.h"
#include "checks.h"

#include <stdexcept>

static std::string read(const std::string& line) {
    const Item item = read_item(line);
    return kind_name(item.kind) + " " + std::to_string(item.kg) + " " + std::to_string(item.animals);
}

int main() {
    checks::same("name of livestock", kind_name(kind_of("livestock")), "livestock");
    checks::throws<std::invalid_argument>("unknown kind", [] { kind_of("coal"); });
    checks::same("general", price({Kind::general, 10, 0}), 30L);
    checks::same("fragile", price({Kind::fragile, 101, 0}), 1404L);
    checks::same("livestock", price({Kind::livestock, 1200, 4}), 6000L);
    checks::same("livestock costs at least 2500", price({Kind::livestock, 100, 2}), 2500L);
    checks::same("plain weight", read("chilled 350"), "chilled 350 0");
    checks::same("weight in kg", read("  general   7kg "), "general 7 0");
    checks::same("weight in tonnes", read("fragile 1.25t"), "fragile 1250 0");
    checks::same("whole tonnes", read("general 2t"), "general 2000 0");
    checks::same("three decimals", read("general 0.005t"), "general 5 0");
    checks::same("livestock line", read("livestock 1.2t 4"), "livestock 1200 4");
    checks::same("price of a line", price(read_item("livestock 1.2t 4")), 6000L);
    for (const std::string line : {"", "general", "coal 5", "general 0", "general -5", "general 1.5kg", "general 1.5", "general t", "general 1.t", "general .5t",
                                   "general 1.2345t", "general 5lb", "general 5 5", "livestock 500", "livestock 500 0", "livestock 500 x", "livestock 500 2 3"}) {
        checks::throws<std::invalid_argument>("line \"" + line + "\"", [&] { read_item(line); });
    }
    return checks::finish();
}
