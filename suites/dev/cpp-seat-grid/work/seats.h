#pragma once

class SeatPlan {
public:
    SeatPlan(int rows, int seats);
    ~SeatPlan();

    bool take(int row, int seat);
    int free_in(int row) const;
    int block(int row, int count);

private:
    int rows_;
    int seats_;
    bool* taken_;
};
