#include "thermostat.h"

int target(const std::vector<Step>&, long) { return 0; }
