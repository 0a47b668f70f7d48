#pragma once

#include <string>

std::string length(long mm);
std::string weight(long mg);
std::string volume(long ml);
