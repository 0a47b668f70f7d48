#pragma once

#include <vector>

struct Window {
    int begin;
    int end;
};

std::vector<Window> plan(std::vector<Window> wanted, std::vector<Window> serviced, int shortest);
