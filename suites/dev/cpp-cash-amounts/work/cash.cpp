#include "cash.h"

long long parse(const std::string&) { return 0; }
std::string format(long long) { return ""; }
long long percent(long long, int) { return 0; }
