#include "seats.h"

#include <algorithm>

SeatPlan::SeatPlan(int rows, int seats)
    : seats_(seats), taken_(static_cast<std::size_t>(rows), std::vector<bool>(static_cast<std::size_t>(seats))) {}

bool SeatPlan::has(int row, int seat) const {
    return row >= 0 && row < static_cast<int>(taken_.size()) && seat >= 0 && seat < seats_;
}

bool SeatPlan::take(int row, int seat) {
    if (!has(row, seat) || taken_[row][seat]) return false;
    taken_[row][seat] = true;
    return true;
}

int SeatPlan::free_in(int row) const {
    if (!has(row, 0)) return 0;
    return static_cast<int>(std::count(taken_[row].begin(), taken_[row].end(), false));
}

int SeatPlan::block(int row, int count) {
    if (count <= 0 || !has(row, 0)) return -1;
    int run = 0;
    for (int seat = 0; seat < seats_; ++seat) {
        run = taken_[row][seat] ? 0 : run + 1;
        if (run < count) continue;
        const int first = seat - count + 1;
        for (int next = first; next <= seat; ++next) take(row, next);
        return first;
    }
    return -1;
}
