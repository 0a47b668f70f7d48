#include "checks.h"
#include "irrigation.h"

static std::string text(const std::vector<Window>& windows) {
    std::string out;
    for (const auto& window : windows) out += std::to_string(window.begin) + "-" + std::to_string(window.end) + " ";
    return out;
}

int main() {
    checks::same("nothing wanted", text(plan({}, {{0, 5}}, 1)), "");
    checks::same("no service", text(plan({{10, 20}}, {}, 1)), "10-20 ");
    checks::same("service in the middle", text(plan({{0, 60}}, {{20, 30}}, 1)), "0-20 30-60 ");
    checks::same("overlapping services", text(plan({{0, 60}}, {{20, 30}, {25, 40}}, 1)), "0-20 40-60 ");
    checks::same("services out of order", text(plan({{0, 60}}, {{40, 50}, {10, 20}}, 1)), "0-10 20-40 50-60 ");
    checks::same("a service inside another", text(plan({{0, 60}}, {{10, 50}, {20, 30}}, 1)), "0-10 50-60 ");
    checks::same("service at the beginning", text(plan({{10, 60}}, {{0, 30}}, 1)), "30-60 ");
    checks::same("service at the end", text(plan({{10, 60}}, {{50, 90}}, 1)), "10-50 ");
    checks::same("service over everything", text(plan({{10, 60}}, {{0, 90}}, 1)), "");
    checks::same("touching services", text(plan({{10, 60}}, {{0, 10}, {60, 70}}, 1)), "10-60 ");
    checks::same("wanted windows join", text(plan({{30, 40}, {0, 20}, {20, 30}, {35, 50}}, {}, 1)), "0-50 ");
    checks::same("one service over two windows", text(plan({{0, 20}, {30, 50}}, {{10, 40}}, 1)), "0-10 40-50 ");
    checks::same("just long enough", text(plan({{0, 60}}, {{20, 39}}, 20)), "0-20 39-60 ");
    checks::same("too short", text(plan({{0, 60}}, {{20, 30}, {25, 40}}, 21)), "");
    checks::same("empty windows", text(plan({{5, 5}, {9, 2}, {10, 20}}, {{15, 15}, {18, 12}}, 1)), "10-20 ");
    checks::same("far apart", text(plan({{0, 1000000000}}, {{5, 999999990}}, 1)), "0-5 999999990-1000000000 ");
    return checks::finish();
}
