#include "checks.h"
#include "pipes.h"

static void expect(const std::string& what, const Isolation& got, std::vector<int> valves, std::vector<int> dry) {
    checks::same(what + ", valves", got.valves, valves);
    checks::same(what + ", dry", got.dry, dry);
}

int main() {
    const std::vector<Pipe> row = {{0, 1, 7}, {1, 2, 0}, {2, 3, 9}};
    expect("row", isolate(4, row, 0, 1), {7, 9}, {1, 2, 3});
    expect("source at the other end", isolate(4, row, 3, 1), {7, 9}, {0, 1, 2});
    expect("the burst pipe has a valve", isolate(4, row, 0, 2), {7}, {1, 2, 3});
    expect("the source leaks", isolate(4, row, 1, 1), {7, 9}, {0, 1, 2, 3});

    const std::vector<Pipe> ring = {{0, 1, 4}, {1, 2, 3}, {2, 3, 2}, {3, 0, 1}};
    expect("a ring keeps the other way", isolate(4, ring, 0, 1), {2, 4}, {1, 2});

    const std::vector<Pipe> spread = {{0, 1, 5}, {1, 2, 0}, {2, 3, 0}, {3, 4, 6}, {4, 5, 8}, {2, 6, 0}};
    expect("leaks spread without valves", isolate(7, spread, 0, 1), {5, 6}, {1, 2, 3, 4, 5, 6});

    const std::vector<Pipe> chord = {{0, 1, 1}, {1, 2, 0}, {1, 2, 3}, {0, 2, 2}};
    expect("a valve between two leaking ends", isolate(3, chord, 0, 1), {1, 2, 3}, {1, 2});

    const std::vector<Pipe> twins = {{0, 1, 5}, {0, 1, 5}, {1, 2, 0}};
    expect("a valve number once", isolate(3, twins, 0, 2), {5}, {1, 2});

    const std::vector<Pipe> apart = {{0, 1, 0}, {2, 3, 0}, {3, 4, 9}};
    expect("a net apart", isolate(5, apart, 0, 1), {9}, {2, 3, 4});

    const std::vector<Pipe> shared = {{0, 1, 5}, {1, 2, 0}, {0, 3, 5}, {3, 4, 0}};
    expect("one valve number in two pipes", isolate(5, shared, 0, 1), {5}, {1, 2, 3, 4});
    return checks::finish();
}
