#include "irrigation.h"

#include <algorithm>

std::vector<Window> plan(std::vector<Window> wanted, std::vector<Window> serviced, int shortest) {
    std::sort(wanted.begin(), wanted.end(), [](Window a, Window b) { return a.begin < b.begin; });
    std::vector<Window> result;
    for (Window window : wanted) {
        for (Window service : serviced) {
            if (service.begin > window.begin && service.end < window.end) {
                result.push_back({window.begin, service.begin});
                window.begin = service.end;
            } else if (service.begin <= window.begin && service.end > window.begin) {
                window.begin = service.end;
            } else if (service.begin < window.end && service.end >= window.end) {
                window.end = service.begin;
            }
        }
        if (window.end - window.begin > shortest) result.push_back(window);
    }
    return result;
}
