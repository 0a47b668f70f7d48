#include "wrap.h"

#include <iostream>
#include <string>
#include <vector>

namespace {

int failures = 0;

std::string show(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) {
        out += "[" + line + "]";
    }
    return out;
}

void expect(const std::string& what, const std::vector<std::string>& actual,
            const std::vector<std::string>& expected) {
    if (actual == expected) {
        std::cout << "ok    " << what << "\n";
        return;
    }
    ++failures;
    std::cout << "FAIL  " << what << "\n      expected " << show(expected) << "\n      actual   "
              << show(actual) << "\n";
}

}  // namespace

int main() {
    expect("a short text is one line", wrap("chess club", 20), {"chess club"});
    expect("no words, no lines", wrap("  \n ", 10), {});
    expect("a line may be exactly full", wrap("one two", 7), {"one two"});
    expect("the space counts", wrap("one two", 6), {"one", "two"});
    expect("no line is longer than the width", wrap("ab cd ef gh", 4), {"ab", "cd", "ef", "gh"});
    expect("a long word is cut", wrap("a telephone", 5), {"a", "telep", "hone"});
    expect("lines are centred", centre({"ab", "abcd"}, 6), {"  ab", " abcd"});
    std::cout << (failures == 0 ? "all tests passed\n" : std::to_string(failures) + " tests failed\n");
    return failures == 0 ? 0 : 1;
}
