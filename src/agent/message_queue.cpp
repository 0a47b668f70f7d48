#include "agent/message_queue.h"

#include <utility>

namespace hearth::agent {
namespace {

std::vector<std::string> take(std::vector<std::string>& queue, QueueMode mode) {
    if (mode == QueueMode::kAll || queue.size() <= 1) return std::exchange(queue, {});
    std::vector<std::string> first = {std::move(queue.front())};
    queue.erase(queue.begin());
    return first;
}

}  // namespace

void MessageQueue::steer(std::string text) {
    const std::scoped_lock lock(mutex_);
    content_.steering.push_back(std::move(text));
}

void MessageQueue::follow_up(std::string text) {
    const std::scoped_lock lock(mutex_);
    content_.follow_ups.push_back(std::move(text));
}

std::vector<std::string> MessageQueue::take_steering() {
    const std::scoped_lock lock(mutex_);
    return take(content_.steering, steering_mode_);
}

std::vector<std::string> MessageQueue::take_follow_ups() {
    const std::scoped_lock lock(mutex_);
    return take(content_.follow_ups, follow_up_mode_);
}

MessageQueue::Content MessageQueue::clear() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(content_, {});
}

MessageQueue::Content MessageQueue::content() const {
    const std::scoped_lock lock(mutex_);
    return content_;
}

QueueMode MessageQueue::steering_mode() const {
    const std::scoped_lock lock(mutex_);
    return steering_mode_;
}

QueueMode MessageQueue::follow_up_mode() const {
    const std::scoped_lock lock(mutex_);
    return follow_up_mode_;
}

void MessageQueue::set_steering_mode(QueueMode mode) {
    const std::scoped_lock lock(mutex_);
    steering_mode_ = mode;
}

void MessageQueue::set_follow_up_mode(QueueMode mode) {
    const std::scoped_lock lock(mutex_);
    follow_up_mode_ = mode;
}

}  // namespace hearth::agent
