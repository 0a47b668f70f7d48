#include "serve/activity.h"

#include "core/ids.h"

namespace hearth::serve {

std::string_view stage_name(Stage stage) {
    switch (stage) {
        case Stage::kArrived: return "arrived";
        case Stage::kWaiting: return "waiting";
        case Stage::kLoading: return "loading";
        case Stage::kPrefill: return "prefill";
        case Stage::kDecode: return "decode";
    }
    return "arrived";
}

ActivityBook::Entry::Entry(ActivityBook& book) : book_(book) {
    activity_ = book_.activities_.emplace(book_.activities_.end());
    activity_->number = ++book_.last_number_;
    activity_->row.time_ms = unix_ms_now();
}

// Sinks that cannot get memory end the program in any case. NOLINTNEXTLINE(bugprone-exception-escape)
ActivityBook::Entry::~Entry() {
    constexpr int kClientGone = 499;
    Activity& ended = *activity_;
    if (ended.status == 0) ended.status = kClientGone;
    // A stream that broke off began with 200; its row knows better.
    if (ended.row.status == 200) ended.row.status = ended.status;
    if (ended.row.total_seconds == 0)
        ended.row.total_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - ended.begun).count();
    for (const Sink& sink : book_.sinks_)
        sink(ended);
    book_.activities_.erase(activity_);
}

}  // namespace hearth::serve
