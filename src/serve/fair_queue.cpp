#include "serve/fair_queue.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::serve {

namespace {

constexpr double kBackgroundFactor = 8;

}  // namespace

// The start of a request in virtual time; its key's next one starts behind it.
double FairQueue::take_share(const Waiting& waiting) {
    // Whose last request ended in the past is as one that is not known, and there may be many.
    if (finish_.size() > kMost) std::erase_if(finish_, [&](const auto& each) { return each.second <= now_; });
    double& finish = finish_[waiting.key];
    const double start = std::max(now_, finish);
    const double factor = waiting.urgency == Urgency::kBackground ? kBackgroundFactor : 1;
    finish = start + factor * std::max(waiting.tokens, 1.0) / std::max(waiting.weight, 1e-6);
    // Background work also waits for as long as one of its requests takes, so that it does not go first by being first.
    return waiting.urgency == Urgency::kBackground ? finish : start;
}

bool FairQueue::goes_before(const Entry& a, const Entry& b) {
    return a.start != b.start ? a.start < b.start : a.waiting.id < b.waiting.id;
}

Status FairQueue::push(Waiting waiting) {
    const auto of_key =
        std::ranges::count(entries_, waiting.key, [](const Entry& each) { return each.waiting.key; });
    if (static_cast<std::size_t>(of_key) >= most_of_a_key_)
        return Error(Code::kExhausted,
                     fmt::format("{} requests of this client wait already, which is the most", of_key));
    if (entries_.size() >= kMost)
        return Error(Code::kExhausted, fmt::format("{} requests wait already, which is the most", kMost));
    const double start = take_share(waiting);
    entries_.push_back({.waiting = std::move(waiting), .start = start});
    return {};
}

std::optional<std::uint64_t> FairQueue::pop() {
    if (entries_.empty()) {
        finish_.clear();  // nobody is behind anybody: shares begin anew
        now_ = 0;
        return std::nullopt;
    }
    return pop([](const Waiting&) { return true; });
}

std::optional<std::uint64_t> FairQueue::pop(const std::function<bool(const Waiting&)>& fits) {
    auto next = entries_.end();
    for (auto each = entries_.begin(); each != entries_.end(); ++each)
        if (fits(each->waiting) && (next == entries_.end() || goes_before(*each, *next))) next = each;
    if (next == entries_.end()) return std::nullopt;
    now_ = std::max(now_, next->start);
    const std::uint64_t id = next->waiting.id;
    entries_.erase(next);
    return id;
}

bool FairQueue::remove(std::uint64_t id) {
    return std::erase_if(entries_, [&](const Entry& each) { return each.waiting.id == id; }) > 0;
}

void FairQueue::served_at_once(const Waiting& waiting) { now_ = std::max(now_, take_share(waiting)); }

std::size_t FairQueue::before(std::uint64_t id) const {
    const auto mine = std::ranges::find(entries_, id, [](const Entry& each) { return each.waiting.id; });
    if (mine == entries_.end()) return 0;
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [&](const Entry& each) { return goes_before(each, *mine); }));
}

std::vector<double> FairQueue::tokens_before(std::uint64_t id) const {
    const auto mine = std::ranges::find(entries_, id, [](const Entry& each) { return each.waiting.id; });
    if (mine == entries_.end()) return {};
    std::vector<const Entry*> ahead;
    for (const Entry& each : entries_)
        if (goes_before(each, *mine)) ahead.push_back(&each);
    std::ranges::sort(ahead, [](const Entry* a, const Entry* b) { return goes_before(*a, *b); });
    std::vector<double> tokens;
    for (const Entry* each : ahead)
        tokens.push_back(each->waiting.tokens);
    return tokens;
}

std::optional<std::uint64_t> FairQueue::first_of(const std::string& key) const {
    const Entry* first = nullptr;
    for (const Entry& each : entries_)
        if (each.waiting.key == key && (first == nullptr || goes_before(each, *first))) first = &each;
    return first == nullptr ? std::nullopt : std::optional(first->waiting.id);
}

}  // namespace hearth::serve
