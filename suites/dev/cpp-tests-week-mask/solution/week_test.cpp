#include "week.h"

#include <iostream>

static int failures = 0;

static void same(const std::string& what, int got, int expected) {
    if (got == expected) return;
    ++failures;
    std::cout << what << ": expected " << expected << ", got " << got << "\n";
}

int main() {
    same("empty", parse_days(""), 0);
    same("Mo", parse_days("Mo"), 1);
    same("Su", parse_days("Su"), 64);
    same("Mo-Fr,Su", parse_days("Mo-Fr,Su"), 31 + 64);
    same("Sa-Mo", parse_days("Sa-Mo"), 32 + 64 + 1);
    same("We-We", parse_days("We-We"), 4);
    same("twice", parse_days("We,Mo-We"), 7);
    for (const std::string text : {"mo", "Mo,", ",Mo", "Mo,,Tu", "Mo-", "-Mo", "Mo-We-Fr", "Mo, Tu", "Xx"}) same(text, parse_days(text), -1);
    same("open now", next_open(127, 1), 1);
    same("later", next_open(16, 1), 4);
    same("over the week", next_open(1, 3), 0);
    same("day before", next_open(2, 2), 1);
    same("never", next_open(0, 3), -1);
    same("closed", open_run(2, 0), 0);
    same("one", open_run(2, 1), 1);
    same("over the week", open_run(64 + 1 + 2, 6), 3);
    same("all", open_run(127, 3), 7);
    return failures == 0 ? 0 : 1;
}
