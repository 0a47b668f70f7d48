#include "filter.h"

Filter::Filter(const std::string&) {}

bool Filter::matches(const Record&) const { return false; }
