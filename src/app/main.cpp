#include <fmt/format.h>

int main() {
    fmt::print("hearth {}\n", HEARTH_VERSION);
    return 0;
}
