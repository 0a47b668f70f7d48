#pragma once

#include <vector>

std::vector<int> smooth(const std::vector<int>& values, int width);
