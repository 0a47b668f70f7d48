#include "engine/answer_meter.h"

#include <utility>

#include "os/process_memory.h"

namespace hearth::engine {

namespace {

constexpr std::size_t kMostReports = 256;
constexpr std::size_t kMostChildren = 64;  // the oldest are gone by then

std::optional<Bytes> own_memory(pid_t process) {
    const auto memory = os::process_memory(process);
    return memory ? std::optional(memory->anonymous) : std::nullopt;
}

}  // namespace

std::uint64_t AnswerMeter::add_child(pid_t process, int batch) {
    const std::scoped_lock lock(mutex_);
    children_.emplace(++last_child_, Child{.process = process, .batch = batch});
    if (children_.size() > kMostChildren) children_.erase(children_.begin());
    return last_child_;
}

AnswerMeter::Watch AnswerMeter::begin(std::uint64_t child) {
    Watch watch;
    const std::scoped_lock lock(mutex_);
    const auto found = children_.find(child);
    if (found == children_.end()) return watch;
    watch.meter_ = shared_from_this();
    watch.child_ = child;
    watch.begins_ = ++begins_;
    if (active_++ == 0) watch.before_ = processor_ticks(found->second.process);
    return watch;
}

std::vector<AnswerReport> AnswerMeter::take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(reports_, {});
}

AnswerMeter::Watch& AnswerMeter::Watch::operator=(Watch&& other) noexcept {
    if (this == &other) return *this;
    end();
    meter_ = std::move(other.meter_);
    child_ = other.child_;
    before_ = other.before_;
    begins_ = other.begins_;
    return *this;
}

void AnswerMeter::Watch::end() {
    if (!meter_) return;
    {
        const std::scoped_lock lock(meter_->mutex_);
        --meter_->active_;
    }
    meter_.reset();
}

void AnswerMeter::Watch::done(const AnswerTimes& times) {
    if (!meter_) return;
    {
        const std::scoped_lock lock(meter_->mutex_);
        const auto found = meter_->children_.find(child_);
        if (found != meter_->children_.end()) {
            Child& child = found->second;
            AnswerReport report{.child = child_, .times = times, .before = child.computed};
            const Tokens read = times.prompt - times.cached;
            if (before_ && meter_->begins_ == begins_) {
                const auto after = processor_ticks(child.process);
                report.undisturbed = after && undisturbed(*before_, *after);
                if (read.value >= child.batch && !std::exchange(child.filled_step, true))
                    report.anonymous = own_memory(child.process);
            }
            child.computed += read + times.all_answers;
            if (meter_->reports_.size() < kMostReports) meter_->reports_.push_back(report);
        }
    }
    end();
}

}  // namespace hearth::engine
