#include "cargo.h"

long price(const Item& item) {
    switch (item.kind) {
        case Kind::general: return item.kg * 3;
        case Kind::chilled: return 500 + item.kg * 5;
        case Kind::fragile: return item.kg * 4 + (item.kg > 100 ? 1000 : 0);
    }
    return 0;
}
