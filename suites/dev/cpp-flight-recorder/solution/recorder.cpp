#include "recorder.h"

Recorder::Recorder(std::size_t capacity) : slots_(capacity) {}

void Recorder::record(const std::string& message) {
    ++count_;
    if (slots_.empty()) return;
    slots_[next_] = message;
    next_ = (next_ + 1) % slots_.size();
}

std::vector<std::string> Recorder::entries() const {
    const std::size_t kept = count_ < slots_.size() ? count_ : slots_.size();
    std::vector<std::string> result;
    for (std::size_t i = 0; i < kept; ++i) result.push_back(slots_[(next_ + slots_.size() - kept + i) % slots_.size()]);
    return result;
}

std::size_t Recorder::lost() const {
    return count_ > slots_.size() ? count_ - slots_.size() : 0;
}

void Recorder::clear() {
    next_ = 0;
    count_ = 0;
}
