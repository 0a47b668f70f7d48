#include "smooth.h"

static int rounded(long long sum, long long count) {
    const long long half = sum < 0 ? -count : count;
    return static_cast<int>((2 * sum + half) / (2 * count));
}

std::vector<int> smooth(const std::vector<int>& values, int width) {
    if (width <= 1) return values;
    std::vector<int> result;
    const int count = static_cast<int>(values.size());
    for (int i = 0; i < count; ++i) {
        long long sum = 0;
        int used = 0;
        for (int j = i - width / 2; j <= i + width / 2; ++j) {
            if (j < 0 || j >= count) continue;
            sum += values[j];
            ++used;
        }
        result.push_back(rounded(sum, used));
    }
    return result;
}
