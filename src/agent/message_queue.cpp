#include "agent/message_queue.h"

#include <utility>

namespace hearth::agent {
namespace {

std::vector<UserMessage> take(std::vector<UserMessage>& queue, QueueMode mode) {
    if (mode == QueueMode::kAll || queue.size() <= 1) return std::exchange(queue, {});
    std::vector<UserMessage> first;
    first.push_back(std::move(queue.front()));
    queue.erase(queue.begin());
    return first;
}

std::vector<std::string> texts(const std::vector<UserMessage>& queue) {
    std::vector<std::string> out;
    for (const auto& each : queue)
        out.push_back(each.text);
    return out;
}

}  // namespace

void MessageQueue::steer(std::string text, std::vector<chat::Image> images) {
    const std::scoped_lock lock(mutex_);
    steering_.push_back({std::move(text), std::move(images)});
}

void MessageQueue::follow_up(std::string text, std::vector<chat::Image> images) {
    const std::scoped_lock lock(mutex_);
    follow_ups_.push_back({std::move(text), std::move(images)});
}

std::vector<UserMessage> MessageQueue::take_steering() {
    const std::scoped_lock lock(mutex_);
    return take(steering_, steering_mode_);
}

std::vector<UserMessage> MessageQueue::take_follow_ups() {
    const std::scoped_lock lock(mutex_);
    return take(follow_ups_, follow_up_mode_);
}

MessageQueue::Content MessageQueue::clear() {
    const std::scoped_lock lock(mutex_);
    return {texts(std::exchange(steering_, {})), texts(std::exchange(follow_ups_, {}))};
}

MessageQueue::Content MessageQueue::content() const {
    const std::scoped_lock lock(mutex_);
    return {texts(steering_), texts(follow_ups_)};
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
