#pragma once

#include <string>

long long parse(const std::string& text);
std::string format(long long cents);
long long percent(long long cents, int tenths);
