#include "capacity/advice.h"

#include <algorithm>

namespace hearth::capacity {

namespace {

bool serves(const Plan& plan, double least) {
    return plan.fits && (least <= 0 || speed_for_one(plan).middle >= least);
}

}  // namespace

Range speed_for_one(const Plan& plan) {
    const double slots = std::max(1, plan.shape.slots);
    return {.low = plan.all_slots.low / slots,
            .middle = plan.all_slots.middle / slots,
            .high = plan.all_slots.high / slots};
}

void rank_models(std::vector<Candidate>& candidates, double least) {
    std::erase_if(candidates, [&](const Candidate& each) { return !serves(each.plan, least); });
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        const std::int64_t of_a = a.model->parameters();
        const std::int64_t of_b = b.model->parameters();
        return of_a != of_b ? of_a > of_b : a.name < b.name;
    });
}

void rank_offers(std::vector<Offer>& offers, double least) {
    std::erase_if(offers, [&](const Offer& each) { return !serves(each.plan, least); });
    std::sort(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) {
        const bool a_known = a.machine->price_usd > 0;
        const bool b_known = b.machine->price_usd > 0;
        if (a_known != b_known) return a_known;
        if (a.machine->price_usd != b.machine->price_usd) return a.machine->price_usd < b.machine->price_usd;
        return a.machine->name < b.machine->name;
    });
}

}  // namespace hearth::capacity
