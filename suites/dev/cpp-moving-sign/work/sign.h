#pragma once

#include <string>
#include <vector>

std::vector<std::string> frames(const std::string& text, int width);
