#include "cargo.h"

#include <stdexcept>

std::string kind_name(Kind kind) {
    switch (kind) {
        case Kind::general: return "general";
        case Kind::chilled: return "chilled";
        case Kind::fragile: return "fragile";
    }
    return "";
}

Kind kind_of(const std::string& name) {
    for (const Kind kind : {Kind::general, Kind::chilled, Kind::fragile}) {
        if (kind_name(kind) == name) return kind;
    }
    throw std::invalid_argument("no cargo is called " + name);
}
