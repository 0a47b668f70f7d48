// Tool-use items from their files to graded attempts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/runner.h"
#include "eval/suite.h"
#include "eval/task_folder.h"
#include "eval/tool_calls.h"
#include "os/files.h"
#include "support/scripted_provider.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::string_view kRight = R"([{"name":"set_lamp","arguments":{"level":0,"room":"hallway"}}])";

class ToolUse : public testing::Test {
protected:
    ToolUse() {
        put(ground_.path() / "lamp.toml", kLampItem);
        put(ground_.path() / "nothing.toml", lamp_item_without_call());
    }

    // Outcomes by item, of one seed.
    std::map<std::string, AttemptOutcome> run(const std::string& agent, std::string_view tasks = "") {
        RunRequest request;
        request.suite = "small";
        request.tasks = load_suite(ground_.path() / tasks)->tasks;
        request.models = {model_ ? "scripted" : ""};
        request.agents = {*agent_spec(agent, "/nowhere/hearth")};
        request.seeds = 1;
        request.limits.time = std::chrono::seconds(20);
        request.again = true;
        auto store = ResultStore::open(ground_.path() / "results/r.db");
        EXPECT_TRUE(store) << store.error().message();
        const auto source = [&](const std::string& name, std::stop_token) -> Result<ModelHandle> {
            ModelHandle handle;
            handle.name = name;
            if (model_)
                handle.connect = [this]() -> Result<std::unique_ptr<chat::Provider>> {
                    if (!model_) return Error(Code::kInternal, "the model was asked before");
                    return std::move(model_);
                };
            return handle;
        };
        const auto id = run_suite(*store, request, source, {}, {}, {});
        EXPECT_TRUE(id) << id.error().message();
        std::map<std::string, AttemptOutcome> outcomes;
        if (!id) return outcomes;
        for (const auto& attempt : *store->attempts(*id))
            outcomes[attempt.cell.task] = attempt.outcome;
        return outcomes;
    }

    // The outcome of oneshot on the item with one call, where the model answers this.
    AttemptOutcome oneshot(const chat::Message& answer, std::string_view item = "lamp.toml") {
        model_ = std::make_unique<test::ScriptedProvider>();
        model_->then({answer});
        model_->then_text("a second try");
        const auto outcomes = run("oneshot", item);
        return outcomes.empty() ? AttemptOutcome() : outcomes.begin()->second;
    }

    static chat::Message call(std::string name, std::string arguments) {
        return {.role = chat::Role::kAssistant, .tool_calls = {{"", std::move(name), std::move(arguments)}}};
    }

    Ground ground_;
    std::unique_ptr<test::ScriptedProvider> model_;
};

TEST_F(ToolUse, TheReferencePassesAndNoneDoesNot) {
    for (const auto& [item, outcome] : run("reference"))
        EXPECT_TRUE(outcome.passed) << item;
    for (const auto& [item, outcome] : run("none"))
        EXPECT_EQ(outcome.failure, Failure::kNoEdit) << item;
}

TEST_F(ToolUse, ACommandFindsTheToolsAndWritesItsCalls) {
    const auto outcomes = run("script=cp {tools_file} seen.json; cat {prompt_file}; echo '" +
                              std::string(kRight) + "' > calls.json");
    const auto& right = outcomes.at("lamp");
    EXPECT_TRUE(right.passed);
    EXPECT_EQ(*os::read_file(fs::path(right.folder) / "after/seen.json"),
              tools_json(*parse_tool_item(kLampItem, "i.toml")));
    EXPECT_EQ(*os::read_file(fs::path(right.folder) / "try-1/stdout.txt"), "Turn off the lamp in the hall.");
    const auto& wrong = outcomes.at("nothing");
    EXPECT_EQ(wrong.failure, Failure::kAssertion);
    EXPECT_THAT(*os::read_file(fs::path(wrong.folder) / "try-1/tests.txt"),
                HasSubstr("1 tool calls instead of 0"));
    EXPECT_EQ(wrong.tries.size(), 1U);
}

TEST_F(ToolUse, CallingNothingIsAnEmptyListNotSilence) {
    const auto empty = run("script=echo '[]' > calls.json");
    EXPECT_TRUE(empty.at("nothing").passed);
    EXPECT_EQ(empty.at("lamp").failure, Failure::kNoEdit);
    EXPECT_EQ(run("broken=exit 1", "nothing.toml").at("nothing").failure, Failure::kNoEdit);
}

TEST_F(ToolUse, CallsThatCannotBeReadAreMalformed) {
    EXPECT_EQ(run("text=echo 'set_lamp(0)' > calls.json", "lamp.toml").at("lamp").failure,
              Failure::kMalformed);
    EXPECT_EQ(run("cut=echo '[{\"name\":\"set_lamp\",\"arguments\":\"{\"}]' > calls.json", "lamp.toml")
                  .at("lamp")
                  .failure,
              Failure::kMalformed);
}

TEST_F(ToolUse, OneshotOffersTheToolsAndItsCallsAreScored) {
    model_ = std::make_unique<test::ScriptedProvider>();
    std::vector<chat::Request> asked;
    model_->then_do([&](const chat::Request& request, const chat::EventSink&,
                        std::stop_token) -> Result<chat::Reply> {
        asked.push_back(request);
        return chat::Reply{.answers = {{call("set_lamp", R"({"room": "hall", "level": 0})")}}, .usage = {}};
    });
    EXPECT_TRUE(run("oneshot", "lamp.toml").at("lamp").passed);
    ASSERT_EQ(asked.size(), 1U);
    ASSERT_EQ(asked.front().tools.size(), 1U);
    EXPECT_EQ(asked.front().tools.front().name, "set_lamp");
    EXPECT_THAT(asked.front().tools.front().parameters, HasSubstr(R"("required":["room","level"])"));
    EXPECT_EQ(asked.front().messages.back().text, "Turn off the lamp in the hall.");
}

TEST_F(ToolUse, OneshotTellsWhyTheCallsAreNotRight) {
    const chat::Message prose{.role = chat::Role::kAssistant, .text = "The lamp is off now."};
    const chat::Message written{.role = chat::Role::kAssistant,
                                .text = R"({"name": "set_lamp", "arguments": {"room": "hall", "level": 0}})"};
    const chat::Message garbled{.role = chat::Role::kAssistant,
                                .text = R"(Use {"name": "set_lamp", "arguments": {"room": "hall"}} for it.)"};
    EXPECT_EQ(oneshot(call("set_lamp", R"({"room":"hall","level":1})")).failure, Failure::kAssertion);
    EXPECT_EQ(oneshot(call("set_lamp", R"({"room":"ha)")).failure, Failure::kMalformed);
    EXPECT_TRUE(oneshot(written).passed);
    EXPECT_EQ(oneshot(garbled).failure, Failure::kMalformed);
    EXPECT_EQ(oneshot(prose).failure, Failure::kNoEdit);
    EXPECT_TRUE(oneshot(prose, "nothing.toml").passed);
    EXPECT_FALSE(oneshot(written, "nothing.toml").passed);
}

TEST_F(ToolUse, AnItemHasOneTry) {
    const auto outcome = oneshot(call("set_lamp", R"({"room":"hall","level":1})"));
    EXPECT_EQ(outcome.tries.size(), 1U);
    EXPECT_THAT(*os::read_file(fs::path(outcome.folder) / "try-1/tests.txt"),
                HasSubstr("the argument 'level' of 'set_lamp' is 1"));
}

}  // namespace
}  // namespace hearth::eval
