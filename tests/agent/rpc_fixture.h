#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "agent/rpc.h"
#include "core/json.h"
#include "os/files.h"
#include "sandbox/sandbox.h"
#include "support/scripted_provider.h"

namespace hearth::agent {

constexpr std::chrono::seconds kPatience(20);

class OneProvider final : public ModelDirectory {
public:
    explicit OneProvider(chat::Provider& provider) : provider_(provider) {}

    Result<std::vector<ModelInfo>> list() override {
        return std::vector<ModelInfo>{
            {"test", "a", "", {8192}, {2048}},
            {"test", "b", "", {8192}, {2048}},
            {.provider = "test",
             .id = "thinker",
             .base_url = "",
             .context_window = {8192},
             .most_answer = {2048},
             .thinking = {.reasoning = true, .words = {{chat::ThinkingLevel::kMinimal, std::nullopt}}}}};
    }

    Result<chat::Provider*> open(const ModelInfo& /*model*/) override { return &provider_; }

private:
    chat::Provider& provider_;
};

// Commands and words of extensions; keeps what it was told.
class FakeAddOns final : public AddOns {
public:
    std::vector<Extension*> extensions() override { return {}; }

    void event(const RunEvent& event) override {
        if (std::holds_alternative<AgentStarted>(event)) ++runs;
    }

    void before_run(std::stop_token /*stop*/) override { ++begun; }

    std::optional<std::string> said(std::string text, std::stop_token /*stop*/) override {
        if (text == "ping") return std::nullopt;
        return text + suffix;
    }

    [[nodiscard]] bool is_command(std::string_view text) const override { return text.starts_with("/greet"); }

    Status run_command(std::string_view text, std::stop_token /*stop*/) override {
        ran = text;
        return {};
    }

    [[nodiscard]] std::vector<std::string> commands() const override { return {R"({"name":"greet"})"}; }

    void session_changed(SessionChange change) override { changes.push_back(change); }

    std::string suffix;
    std::atomic<int> runs = 0;
    std::atomic<int> begun = 0;
    std::string ran;
    std::vector<SessionChange> changes;
};

class RpcTest : public testing::Test {
protected:
    RpcTest() {
        std::filesystem::create_directories(place_.workspace);
        server_ = std::make_unique<RpcServer>(
            RpcParts{
                .place = place_,
                .models = models_,
                .tools = tools_,
                .sandbox = [this]() -> Result<const sandbox::Sandbox*> {
                    if (!box_) {
                        sandbox::Policy policy;
                        policy.workspace = place_.workspace;
                        box_.emplace(TRY(sandbox::Sandbox::open(policy)));
                    }
                    return &*box_;
                },
                .system = "system",
                .out = [this](std::string_view line) { keep(line); },
                .files = &history_,
                .add_ons = &add_ons_,
                .ui_response = [this](const RpcCommand& command) { answered_ = command.value.value_or(""); }},
            *new_session(place_), ModelInfo{"test", "a", "", {8192}, {2048}});
    }

    void keep(std::string_view line) {
        const std::scoped_lock lock(mutex_);
        lines_.emplace_back(line);
        arrived_.notify_all();
    }

    // The first line from `from` on that has the text.
    std::string wait_for(const std::string& text, std::size_t from = 0) {
        std::unique_lock lock(mutex_);
        std::string found;
        const auto seen = [&] {
            for (std::size_t i = from; i < lines_.size(); ++i) {
                if (lines_[i].find(text) != std::string::npos) {
                    found = lines_[i];
                    return true;
                }
            }
            return false;
        };
        EXPECT_TRUE(arrived_.wait_for(lock, kPatience, seen)) << "no line with " << text;
        return found;
    }

    // The answer to a command, which gets an id of its own.
    json::value ask(const std::string& members) {
        const auto id = "t" + std::to_string(++asked_);
        server_->take(R"({"id":")" + id + R"(",)" + members + "}");
        const auto value = parse_json(wait_for(R"({"id":")" + id + R"(","type":"response")"));
        return value ? *value : json::value();
    }

    json::value data(const std::string& members) {
        const auto answer = ask(members);
        const auto* found = member(answer, "data");
        return found != nullptr ? *found : json::value();
    }

    std::string error(const std::string& members) {
        return std::string(string_member(ask(members), "error").value_or(""));
    }

    void prompt(const std::string& text) {
        const auto from = count();
        ask(R"("type":"prompt","message":")" + text + "\"");
        wait_for("agent_settled", from);
        server_->wait_until_idle();
    }

    std::size_t count() {
        const std::scoped_lock lock(mutex_);
        return lines_.size();
    }

    // An answer that goes on until it is stopped.
    void then_endless() {
        provider_.then_do([](const chat::Request&, const chat::EventSink& sink,
                             std::stop_token stop) -> Result<chat::Reply> {
            sink(chat::TextDelta{0, "half"});
            std::mutex mutex;
            std::condition_variable_any woken;
            std::unique_lock lock(mutex);
            woken.wait_for(lock, stop, kPatience, [] { return false; });
            return Error(Code::kCancelled, "stopped");
        });
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-rpc-test");
    test::ScriptedProvider provider_;
    OneProvider models_{provider_};
    ToolBox tools_;
    FakeAddOns add_ons_;
    std::string answered_;  // by the client to what it was asked
    std::optional<sandbox::Sandbox> box_;
    SessionPlace place_{.folder = folder_.path() / "sessions", .workspace = folder_.path() / "workspace"};
    FileHistory history_{folder_.path() / "snapshots", place_.workspace};
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<std::string> lines_;
    int asked_ = 0;
    std::unique_ptr<RpcServer> server_;
};

}  // namespace hearth::agent
