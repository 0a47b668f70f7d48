#include "pipes.h"

Isolation isolate(int, const std::vector<Pipe>&, int, int) { return {}; }
