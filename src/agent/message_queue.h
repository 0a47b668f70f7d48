#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "agent/user_message.h"

namespace hearth::agent {

// How much of a queue is told at once.
enum class QueueMode : std::uint8_t { kOneAtATime, kAll };

// What a person says while a run goes on: steering is told after the batch of tools under way, follow-ups when the run would end.
// Threads: any.
class MessageQueue {
public:
    // The texts alone.
    struct Content {
        std::vector<std::string> steering;
        std::vector<std::string> follow_ups;
    };

    void steer(std::string text, std::vector<chat::Image> images = {});
    void follow_up(std::string text, std::vector<chat::Image> images = {});

    // The next to be told, by the mode.
    std::vector<UserMessage> take_steering();
    std::vector<UserMessage> take_follow_ups();

    // All of it, which is gone then.
    Content clear();

    [[nodiscard]] Content content() const;
    [[nodiscard]] QueueMode steering_mode() const;
    [[nodiscard]] QueueMode follow_up_mode() const;
    void set_steering_mode(QueueMode mode);
    void set_follow_up_mode(QueueMode mode);

private:
    mutable std::mutex mutex_;  // guards all below
    std::vector<UserMessage> steering_;
    std::vector<UserMessage> follow_ups_;
    QueueMode steering_mode_ = QueueMode::kOneAtATime;
    QueueMode follow_up_mode_ = QueueMode::kOneAtATime;
};

}  // namespace hearth::agent
