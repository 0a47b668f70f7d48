#pragma once

#include <string>
#include <utility>
#include <vector>

using Attributes = std::vector<std::pair<std::string, std::string>>;

Attributes parse(const std::string& line);
