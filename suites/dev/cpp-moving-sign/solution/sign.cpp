#include "sign.h"

std::vector<std::string> frames(const std::string& text, int width) {
    std::vector<std::string> result;
    if (width <= 0) return result;
    if (text.empty()) return {std::string(static_cast<std::size_t>(width), ' ')};
    const auto size = static_cast<std::size_t>(width);
    const std::string padded = std::string(size, ' ') + text + std::string(size, ' ');
    for (std::size_t begin = 0; begin + size <= padded.size(); ++begin) result.push_back(padded.substr(begin, size));
    return result;
}
