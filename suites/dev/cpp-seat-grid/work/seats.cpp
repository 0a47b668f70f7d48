#include "seats.h"

SeatPlan::SeatPlan(int rows, int seats) : rows_(rows), seats_(seats), taken_(new bool[rows * seats]()) {}

SeatPlan::~SeatPlan() { delete[] taken_; }

bool SeatPlan::take(int row, int seat) {
    bool& taken = taken_[row * seats_ + seat];
    if (taken) return false;
    taken = true;
    return true;
}

int SeatPlan::free_in(int row) const {
    int free = 0;
    for (int seat = 0; seat < rows_; ++seat) free += !taken_[row * seats_ + seat];
    return free;
}

int SeatPlan::block(int row, int count) {
    int run = 0;
    for (int seat = 0; seat < seats_; ++seat) {
        run = taken_[row * seats_ + seat] ? 0 : run + 1;
        take(row, seat);
        if (run == count) return seat - count;
    }
    return -1;
}
