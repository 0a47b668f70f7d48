#include "irrigation.h"

#include <algorithm>

static std::vector<Window> joined(std::vector<Window> windows) {
    std::sort(windows.begin(), windows.end(), [](Window a, Window b) { return a.begin < b.begin; });
    std::vector<Window> result;
    for (const Window window : windows) {
        if (window.end <= window.begin) continue;
        if (!result.empty() && window.begin <= result.back().end) {
            result.back().end = std::max(result.back().end, window.end);
        } else {
            result.push_back(window);
        }
    }
    return result;
}

std::vector<Window> plan(std::vector<Window> wanted, std::vector<Window> serviced, int shortest) {
    const auto services = joined(serviced);
    std::vector<Window> result;
    const auto keep = [&](int begin, int end) {
        if (begin < end && end - begin >= shortest) result.push_back({begin, end});
    };
    for (const Window window : joined(wanted)) {
        int begin = window.begin;
        for (const Window service : services) {
            if (service.end <= begin || service.begin >= window.end) continue;
            keep(begin, service.begin);
            begin = service.end;
        }
        keep(begin, window.end);
    }
    return result;
}
