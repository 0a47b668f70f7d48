#include "labels.h"

#include <cstdio>
#include <vector>

struct Unit {
    long size;
    const char* name;
};

static std::string label(long amount, const std::vector<Unit>& units) {
    if (amount < 0) return "?";
    for (const auto& unit : units) {
        if (amount < unit.size) continue;
        char text[40];
        std::snprintf(text, sizeof text, "%.1f ", static_cast<double>(amount) / static_cast<double>(unit.size));
        return text + std::string(unit.name);
    }
    return std::to_string(amount) + " " + units.back().name;
}

std::string length(long mm) { return label(mm, {{1000000, "km"}, {1000, "m"}, {10, "cm"}, {__LONG_MAX__, "mm"}}); }

std::string weight(long mg) { return label(mg, {{1000000000, "t"}, {1000000, "kg"}, {1000, "g"}, {__LONG_MAX__, "mg"}}); }

std::string volume(long ml) { return label(ml, {{100000, "hl"}, {1000, "l"}, {__LONG_MAX__, "ml"}}); }
