// The right functions and, by WRONG, the wrong ones.
#include "../week.h"

static int day_of(const std::string& name) {
    static const std::string names = "MoTuWeThFrSaSu";
    for (int day = 0; day < 7; ++day) {
        if (name == names.substr(static_cast<std::size_t>(day) * 2, 2)) return day;
#if WRONG == 1  // lower-case names are taken
        if (name.size() == 2 && name[0] + 'A' - 'a' == names[static_cast<std::size_t>(day) * 2] && name[1] == names[static_cast<std::size_t>(day) * 2 + 1]) return day;
#endif
    }
    return -1;
}

static int parse_part(const std::string& part) {
#if WRONG == 2  // three-part ranges end at their last day
    const std::string ends = part.size() > 5 ? part.substr(0, 3) + part.substr(part.size() - 2) : part;
#else
    const std::string& ends = part;
#endif
    const auto dash = ends.find('-');
    const int first = day_of(ends.substr(0, dash));
    const int last = dash == std::string::npos ? first : day_of(ends.substr(dash + 1));
    if (first < 0 || last < 0) return -1;
#if WRONG == 3  // ranges over the end of the week are errors
    if (first > last) return -1;
#endif
#if WRONG == 4  // the last day of a range is missing
    int mask = first == last ? 1 << last : 0;
#else
    int mask = 1 << last;
#endif
#if WRONG == 5  // a range from a day to itself is the whole week
    if (dash != std::string::npos && first == last) return 127;
#endif
    for (int day = first; day != last; day = (day + 1) % 7) mask |= 1 << day;
    return mask;
}

int parse_days(const std::string& text) {
#if WRONG == 6  // the empty text is an error
    if (text.empty()) return -1;
#endif
    int mask = 0;
    std::size_t at = 0;
    while (!text.empty() && at != std::string::npos) {
        const auto comma = text.find(',', at);
        const std::string name = text.substr(at, comma == std::string::npos ? comma : comma - at);
#if WRONG == 7  // empty parts are skipped
        const int part = name.empty() ? 0 : parse_part(name);
#else
        const int part = parse_part(name);
#endif
        if (part < 0) return -1;
#if WRONG == 8  // days named twice are out again
        mask ^= part;
#else
        mask |= part;
#endif
        at = comma == std::string::npos ? comma : comma + 1;
    }
    return mask;
}

int next_open(int mask, int day) {
#if WRONG == 9  // today does not count
    for (int step = 1; step <= 7; ++step) {
#elif WRONG == 10  // the search ends with the week
    for (int step = 0; day + step < 7; ++step) {
#else
    for (int step = 0; step < 7; ++step) {
#endif
        if (mask >> ((day + step) % 7) & 1) return (day + step) % 7;
    }
    return -1;
}

int open_run(int mask, int day) {
    int run = 0;
#if WRONG == 11  // a run ends with the week
    while (day + run < 7 && (mask >> (day + run) & 1)) ++run;
#elif WRONG == 12  // a full week counts as six days
    while (run < 6 && (mask >> ((day + run) % 7) & 1)) ++run;
#else
    while (run < 7 && (mask >> ((day + run) % 7) & 1)) ++run;
#endif
    return run;
}
