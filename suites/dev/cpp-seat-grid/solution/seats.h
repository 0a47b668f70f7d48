#pragma once

#include <vector>

class SeatPlan {
public:
    SeatPlan(int rows, int seats);

    bool take(int row, int seat);
    int free_in(int row) const;
    int block(int row, int count);

private:
    bool has(int row, int seat) const;

    int seats_;
    std::vector<std::vector<bool>> taken_;
};
