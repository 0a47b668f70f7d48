#include "cargo.h"

#include <sstream>
#include <stdexcept>

static bool digits(const std::string& text, std::size_t most) {
    return !text.empty() && text.size() <= most && text.find_first_not_of("0123456789") == std::string::npos;
}

static long number(const std::string& text, std::size_t most = 9) {
    if (!digits(text, most)) throw std::invalid_argument("not a number: " + text);
    return std::stol(text);
}

static std::string without(std::string text, const std::string& unit) {
    if (text.size() >= unit.size() && text.substr(text.size() - unit.size()) == unit) text.resize(text.size() - unit.size());
    return text;
}

static long weight(const std::string& text) {
    const std::string tonnes = without(text, "t");
    if (tonnes == text) return number(without(text, "kg"));
    const auto point = tonnes.find('.');
    if (point == std::string::npos) return number(tonnes) * 1000;
    std::string decimals = tonnes.substr(point + 1);
    number(decimals, 3);
    decimals.resize(3, '0');
    return number(tonnes.substr(0, point)) * 1000 + number(decimals);
}

Item read_item(const std::string& line) {
    std::istringstream words(line);
    std::string kind, kg, animals, extra;
    words >> kind >> kg >> animals >> extra;
    Item item{kind_of(kind), weight(kg), 0};
    const bool alive = item.kind == Kind::livestock;
    if (alive) item.animals = static_cast<int>(number(animals));
    if (item.kg == 0 || !extra.empty() || alive != (item.animals > 0) || alive == animals.empty()) {
        throw std::invalid_argument("not an item: " + line);
    }
    return item;
}
