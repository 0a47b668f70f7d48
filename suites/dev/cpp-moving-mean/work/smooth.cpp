#include "smooth.h"

std::vector<int> smooth(const std::vector<int>& values, int width) {
    std::vector<int> result = values;
    const int count = static_cast<int>(values.size());
    for (int i = 0; i < count; ++i) {
        int sum = 0;
        for (int j = i - width / 2; j < i + width / 2; ++j) {
            if (j > 0 && j < count) sum += result[j];
        }
        result[i] = (sum + width / 2) / width;
    }
    return result;
}
