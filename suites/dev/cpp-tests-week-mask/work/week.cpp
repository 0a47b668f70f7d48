#include "week.h"

static int day_of(const std::string& name) {
    static const std::string names = "MoTuWeThFrSaSu";
    for (int day = 0; day < 7; ++day) {
        if (name == names.substr(static_cast<std::size_t>(day) * 2, 2)) return day;
    }
    return -1;
}

static int parse_part(const std::string& part) {
    const auto dash = part.find('-');
    const int first = day_of(part.substr(0, dash));
    const int last = dash == std::string::npos ? first : day_of(part.substr(dash + 1));
    if (first < 0 || last < 0) return -1;
    int mask = 1 << last;
    for (int day = first; day != last; day = (day + 1) % 7) mask |= 1 << day;
    return mask;
}

int parse_days(const std::string& text) {
    int mask = 0;
    std::size_t at = 0;
    while (!text.empty() && at != std::string::npos) {
        const auto comma = text.find(',', at);
        const int part = parse_part(text.substr(at, comma == std::string::npos ? comma : comma - at));
        if (part < 0) return -1;
        mask |= part;
        at = comma == std::string::npos ? comma : comma + 1;
    }
    return mask;
}

int next_open(int mask, int day) {
    for (int step = 0; step < 7; ++step) {
        if (mask >> ((day + step) % 7) & 1) return (day + step) % 7;
    }
    return -1;
}

int open_run(int mask, int day) {
    int run = 0;
    while (run < 7 && (mask >> ((day + run) % 7) & 1)) ++run;
    return run;
}
