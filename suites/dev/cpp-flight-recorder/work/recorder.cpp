#include "recorder.h"

Recorder::Recorder(std::size_t capacity) : slots_(capacity) {}

void Recorder::record(const std::string& message) {
    if (slots_.empty()) return;
    if (next_ + 1 >= slots_.size()) next_ = 0;
    slots_[next_++] = message;
    ++count_;
}

std::vector<std::string> Recorder::entries() const {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < slots_.size(); ++i) result.push_back(slots_[(next_ + i) % slots_.size()]);
    return result;
}

std::size_t Recorder::lost() const {
    return count_ - slots_.size();
}

void Recorder::clear() {
    next_ = 0;
}
