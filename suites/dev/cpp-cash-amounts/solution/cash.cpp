#include "cash.h"

#include <regex>
#include <stdexcept>

long long parse(const std::string& text) {
    static const std::regex shape(R"(\s*(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d\d?))?\s*)");
    std::smatch match;
    if (!std::regex_match(text, match, shape)) throw std::invalid_argument("not an amount: " + text);
    long long cents = 0;
    for (char digit : match[2].str()) {
        if (digit != ',') cents = cents * 10 + (digit - '0');
    }
    std::string decimals = match[3].str();
    decimals.resize(2, '0');
    cents = cents * 100 + std::stoi(decimals);
    return match[1].length() == 0 ? cents : -cents;
}

std::string format(long long cents) {
    const long long size = cents < 0 ? -cents : cents;
    std::string text = std::to_string(size / 100);
    for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
    const std::string decimals = std::to_string(size % 100 + 100).substr(1);
    return (cents < 0 ? "-" : "") + text + "." + decimals;
}

long long percent(long long cents, int tenths) {
    const long long product = cents * tenths;
    return (product + (product < 0 ? -500 : 500)) / 1000;
}
