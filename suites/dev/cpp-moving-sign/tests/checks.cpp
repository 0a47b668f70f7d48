#include "checks.h"
#include "sign.h"

using Texts = std::vector<std::string>;

int main() {
    checks::same("the example", frames("AB", 3), Texts{"   ", "  A", " AB", "AB ", "B  ", "   "});
    checks::same("wider than the text", frames("A", 4), Texts{"    ", "   A", "  A ", " A  ", "A   ", "    "});
    checks::same("longer than the sign", frames("ABCD", 2), Texts{"  ", " A", "AB", "BC", "CD", "D ", "  "});
    checks::same("one place", frames("AB", 1), Texts{" ", "A", "B", " "});
    checks::same("blanks in the text", frames("A B", 2), Texts{"  ", " A", "A ", " B", "B ", "  "});
    checks::same("an empty text", frames("", 3), Texts{"   "});
    checks::same("no width", frames("AB", 0), Texts{});
    checks::same("a negative width", frames("AB", -4), Texts{});
    checks::same("the number of pictures", frames(std::string(50, 'x'), 20).size(), std::size_t{71});
    return checks::finish();
}
