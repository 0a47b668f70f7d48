#include "cargo.h"

#include <sstream>
#include <stdexcept>

Item read_item(const std::string& line) {
    std::istringstream words(line);
    std::string kind;
    long kg = 0;
    words >> kind >> kg;
    return {kind_of(kind), kg};
}
