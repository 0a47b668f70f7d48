#pragma once

#include <string>

enum class Kind { general, chilled, fragile };

struct Item {
    Kind kind;
    long kg;
};

std::string kind_name(Kind kind);
Kind kind_of(const std::string& name);  // std::invalid_argument
long price(const Item& item);           // in cents
Item read_item(const std::string& line);  // std::invalid_argument
