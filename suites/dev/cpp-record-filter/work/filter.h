#pragma once

#include <map>
#include <string>

using Record = std::map<std::string, std::string>;

class Filter {
public:
    explicit Filter(const std::string& text);
    bool matches(const Record& record) const;
};
