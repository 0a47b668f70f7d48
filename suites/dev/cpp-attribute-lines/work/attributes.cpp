#include "attributes.h"

#include <cctype>
#include <stdexcept>

Attributes parse(const std::string&) { throw std::runtime_error("not implemented"); }
