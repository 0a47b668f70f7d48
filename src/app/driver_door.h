#pragma once
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "agent/message_queue.h"
#include "agent/session.h"
#include "core/result.h"
#include "extend/session_door.h"

namespace hearth::app {

// The session of prompts that are told one after the other, for its extensions. What they say while a run goes on is queued; else it is a
// prompt that is told after the one under way.
// Threads: as extend::SessionDoor; the rest one owner.
class DriverDoor final : public extend::SessionDoor {
public:
    // All outlive it. `stop` ends the run.
    DriverDoor(agent::Session& session, agent::ModelInfo model, agent::MessageQueue& queue,
               std::stop_source& stop)
        : session_(session), model_(std::move(model)), queue_(queue), stop_(stop) {}

    // What is to be told next, if anything.
    std::optional<std::string> next_prompt();

    void set_busy(bool busy);

    void look(const Look& look) override;

    Result<std::string> append(std::string_view type, std::string_view fields) override {
        return session_.append_entry(type, fields);
    }

    Result<std::string> append_state(std::string_view custom_type, std::string_view data) override {
        return session_.append_custom(custom_type, data);
    }

    void command(agent::RpcCommand command) override;

    agent::ModelInfo model() override { return model_; }

    bool busy() override;

private:
    Result<std::string> carry_out(const agent::RpcCommand& command);

    agent::Session& session_;
    const agent::ModelInfo model_;
    agent::MessageQueue& queue_;
    std::stop_source& stop_;
    std::mutex mutex_;  // guards what follows
    bool busy_ = false;
    std::vector<std::string> prompts_;
};

}  // namespace hearth::app
