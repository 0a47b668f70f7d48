#include "checks.h"
#include "seats.h"

#include <utility>

int main() {
    {
        SeatPlan plan(2, 5);
        checks::same("a fresh row", plan.free_in(0), 5);
        checks::same("take", plan.take(0, 1), true);
        checks::same("take again", plan.take(0, 1), false);
        checks::same("other row", plan.free_in(1), 5);
        checks::same("no such seat", plan.take(0, 5), false);
        checks::same("the next row is untouched", plan.take(1, 0), true);
        checks::same("no such row", plan.take(2, 0), false);
        checks::same("negative row", plan.take(-1, 0), false);
        checks::same("free seats of no row", plan.free_in(2), 0);
        checks::same("block behind a taken seat", plan.block(0, 3), 2);
        checks::same("free after the block", plan.free_in(0), 1);
    }
    {
        SeatPlan plan(1, 4);
        plan.take(0, 2);
        checks::same("no room for a block", plan.block(0, 3), -1);
        checks::same("a failed block takes nothing", plan.free_in(0), 3);
        checks::same("block of none", plan.block(0, 0), -1);
        checks::same("block in no row", plan.block(7, 1), -1);
        checks::same("block at the start", plan.block(0, 2), 0);
        checks::same("block at the end", plan.block(0, 1), 3);
    }
    {
        SeatPlan plan(1, 3);
        SeatPlan copy = plan;
        copy.take(0, 0);
        checks::same("the original of a copy", plan.free_in(0), 3);
        SeatPlan other(4, 9);
        other = copy;
        other.take(0, 1);
        checks::same("the assigned plan", other.free_in(0), 1);
        checks::same("its source", copy.free_in(0), 2);
        checks::same("rows after assignment", other.free_in(3), 0);
        const SeatPlan& self = other;
        other = self;
        checks::same("assigned to itself", other.free_in(0), 1);
        SeatPlan moved = std::move(other);
        other = plan;
        checks::same("a moved plan", moved.free_in(0), 1);
        checks::same("a moved-from plan, assigned", other.free_in(0), 3);
    }
    return checks::finish();
}
