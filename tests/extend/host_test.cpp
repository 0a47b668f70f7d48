#include "extend/host.h"

#include <condition_variable>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/loop.h"
#include "core/json.h"
#include "os/files.h"
#include "support/python_extension.h"
#include "support/scripted_provider.h"

namespace hearth::extend {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A session in memory, and the commands that were given.
class FakeDoor final : public SessionDoor {
public:
    void look(const Look& look) override {
        session.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
            look(session, entries, leaf);
        });
    }

    Result<std::string> append(std::string_view type, std::string_view fields) override {
        return session.append_entry(type, fields);
    }

    Result<std::string> append_state(std::string_view type, std::string_view data) override {
        return session.append_custom(type, data);
    }

    void command(agent::RpcCommand command) override {
        {
            const std::scoped_lock lock(mutex);
            commands.push_back(command.type + ":" + command.message.value_or(""));
        }
        if (command.reply) command.reply(agent::rpc_success(command, R"({"done":true})"));
    }

    agent::ModelInfo model() override { return {"test", "a", "", {8192}, {2048}}; }

    bool busy() override { return false; }

    agent::Session session = agent::Session::in_memory("/work");
    std::mutex mutex;
    std::vector<std::string> commands;
};

// Answers every dialog with the same; keeps what it is shown.
class FakeUi final : public Ui {
public:
    [[nodiscard]] bool has_dialogs() const override { return dialogs; }

    void ask(const std::string& /*id*/, const Dialog& dialog, Reply reply) override {
        {
            const std::scoped_lock lock(mutex);
            asked.push_back(dialog.title);
        }
        if (answers) answerers.emplace_back([reply = std::move(reply), value = answer] { reply(value); });
    }

    void withdraw(const std::string& /*id*/) override { ++withdrawn; }

    void show(const std::string& extension, const Notice& notice) override {
        const std::scoped_lock lock(mutex);
        shown.push_back(extension + ": " + notice.text.value_or(""));
        changed.notify_all();
    }

    void wait_for_notice() {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return !shown.empty(); }));
    }

    bool dialogs = true;
    bool answers = true;
    DialogAnswer answer;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> asked;
    std::vector<std::string> shown;
    std::atomic<int> withdrawn = 0;
    std::vector<std::jthread> answerers;
};

class NoteTool final : public agent::Tool {
public:
    explicit NoteTool(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] chat::Tool description() const override { return {name_, "of hearth", "{}"}; }

    [[nodiscard]] std::string subject(std::string_view /*arguments*/) const override { return {}; }

    Result<agent::ToolResult> run(std::string_view arguments, std::stop_token /*stop*/,
                                  const agent::OutputSink& /*on_output*/) override {
        ran.emplace_back(arguments);
        return agent::ToolResult{"ran " + std::string(arguments)};
    }

    std::vector<std::string> ran;

private:
    std::string name_;
};

// `handle(message)` gives the result of each request but "initialize", which is answered with `declaration`.
std::string body(const std::string& declaration, const std::string& handle = "    return {}\n") {
    return "DECLARATION = " + declaration +
           "\n"
           "number = 0\n"
           "ENTRIES = []\n"
           "def ask(method, /, **params):\n"
           "    global number\n"
           "    number += 1\n"
           "    send(id=number, method=method, params=params)\n"
           "    while message := read():\n"
           "        if message.get('id') == number and 'method' not in message: return message\n"
           "def handle(method, params):\n" +
           handle +
           "while message := read():\n"
           "    if message['method'] == 'session': ENTRIES.extend(message['params']['entries'])\n"
           "    if 'id' not in message: continue\n"
           "    answer(message, {'protocol': 1, **DECLARATION} if message['method'] == 'initialize' else "
           "handle(message['method'], "
           "message['params']))\n"
           "    if message['method'] == 'shutdown': break\n";
}

class HostTest : public testing::Test {
protected:
    HostTest() {
        for (const auto* name : {"bash", "read"}) {
            auto tool = std::make_unique<NoteTool>(name);
            if (own_ == nullptr) own_ = tool.get();
            tools_.push_back(std::move(tool));
        }
    }

    Result<std::unique_ptr<Host>> try_start(const std::vector<std::string>& bodies,
                                            std::vector<std::pair<std::string, std::string>> flags = {}) {
        std::vector<Source> sources;
        for (const auto& each : bodies) {
            const auto name = "e" + std::to_string(sources.size() + 1);
            sources.push_back({.name = name, .path = "/x/" + name, .command = test::python_extension(each)});
        }
        return Host::start(
            std::move(sources),
            {.version = "1",
             .mode = "rpc",
             .workspace = "/work",
             .flags = std::move(flags),
             .logs = folder_.path()},
            ui_, door_, tools_, [](std::unique_ptr<agent::Tool> tool) { return tool; },
            [this](const Failure& failure) {
                const std::scoped_lock lock(mutex_);
                failures_.push_back(failure.extension + "|" + failure.event + "|" + failure.why);
            });
    }

    void start(const std::vector<std::string>& bodies) {
        auto host = try_start(bodies);
        ASSERT_TRUE(host) << host.error().message();
        host_ = *std::move(host);
        host_->begin("startup");
        host_->before_run({});
    }

    // One prompt through the loop with the extensions.
    void run(const std::string& prompt) {
        agent::LoopOptions options;
        options.system = "You are an agent.";
        options.keep_failures = true;
        options.max_same_calls = 5;
        const auto outcome = agent::run_loop({door_.session,
                                              provider_,
                                              tools_,
                                              host_->extensions(),
                                              {},
                                              [this](const agent::RunEvent& event) { host_->event(event); }},
                                             prompt, options, {});
        ASSERT_TRUE(outcome) << outcome.error().message();
    }

    std::vector<std::string> failures() {
        const std::scoped_lock lock(mutex_);
        return failures_;
    }

    // What the model was told as results of its calls, at the latest request.
    std::string last_result() { return provider_.requests.back().messages.back().text; }

    os::TempDir folder_ = *os::TempDir::create("hearth-host-test");
    FakeDoor door_;
    FakeUi ui_;
    agent::ToolBox tools_;
    NoteTool* own_ = nullptr;
    test::ScriptedProvider provider_;
    std::mutex mutex_;
    std::vector<std::string> failures_;
    std::unique_ptr<Host> host_;
};

TEST_F(HostTest, AToolIsOfferedAndRun) {
    start({body(
        "{'tools': [{'name': 'greet', 'description': 'greets'}]}",
        "    return {'content': 'Hello, ' + params['arguments']['name']} if method == 'tool' else {}\n")});
    provider_.then_call("greet", R"({"name":"Ann"})");
    provider_.then_text("done");
    run("hi");
    ASSERT_EQ(provider_.requests.front().tools.size(), 3U);
    EXPECT_EQ(provider_.requests.front().tools.back().name, "greet");
    EXPECT_EQ(last_result(), "Hello, Ann");
}

TEST_F(HostTest, ACallIsBlocked) {
    start({body("{'events': ['tool_call']}",
                "    return {'block': True, 'reason': 'not that'} if params.get('input', {}).get('command') "
                "== 'rm' else {}\n")});
    provider_.then_call("bash", R"({"command":"rm"})");
    provider_.then_call("bash", R"({"command":"ls"})");
    provider_.then_text("done");
    run("hi");
    EXPECT_EQ(provider_.requests[1].messages.back().text, "not that");
    EXPECT_THAT(own_->ran, ElementsAre(R"({"command":"ls"})"));
}

TEST_F(HostTest, ArgumentsAreChangedAndTheAnswerStaysAsItWasSaid) {
    start({body("{'events': ['tool_call']}",
                "    return {'input': {'command': 'ls -l'}} if method == 'event' else {}\n")});
    provider_.then_call("bash", R"({"command":"ls"})");
    provider_.then_text("done");
    run("hi");
    EXPECT_THAT(own_->ran, ElementsAre(R"({"command":"ls -l"})"));
    const auto& messages = provider_.requests.back().messages;
    EXPECT_EQ(messages[messages.size() - 2].tool_calls.front().arguments, R"({"command":"ls"})");
}

TEST_F(HostTest, TheNextExtensionSeesWhatTheOneBeforeChanged) {
    const auto append = [](const std::string& word) {
        return body("{'events': ['tool_result']}",
                    "    return {'content': params['content'][0]['text'] + ' " + word +
                        "'} if method == 'event' else {}\n");
    };
    start({append("one"), append("two")});
    provider_.then_call("bash", "{}");
    provider_.then_text("done");
    run("hi");
    EXPECT_EQ(last_result(), "ran {} one two");
}

TEST_F(HostTest, ContextStandsBehindThePromptAndNothingBeforeItChanges) {
    start({body("{'events': ['before_agent_start']}",
                "    if method != 'event': return {}\n"
                "    return {'message': {'customType': 'x', 'content': 'It rains.', 'display': False},\n"
                "            'systemPrompt': params['systemPrompt'] + '\\nBe brief.'}\n")});
    provider_.then_text("ok");
    run("first");
    provider_.then_text("ok");
    run("second");
    std::vector<std::string> texts;
    for (const auto& each : provider_.requests.back().messages)
        texts.push_back(each.text);
    // Messages of one side are told as one.
    EXPECT_THAT(texts, ElementsAre("You are an agent.", "first\n\nIt rains.\n\nBe brief.", "ok",
                                   "second\n\nIt rains.\n\nBe brief."));
}

TEST_F(HostTest, APersonIsAskedBeforeACallRuns) {
    start(
        {body("{'events': ['tool_call']}",
              "    if method != 'event': return {}\n"
              "    yes = ask('ui', method='confirm', title='Sure?', message='x')['result'].get('confirmed')\n"
              "    return {} if yes else {'block': True, 'reason': 'refused'}\n")});
    ui_.answer = {.confirmed = true};
    provider_.then_call("bash", "{}");
    provider_.then_text("done");
    run("hi");
    EXPECT_THAT(ui_.asked, ElementsAre("Sure?"));
    EXPECT_EQ(last_result(), "ran {}");
    ui_.answer = {.cancelled = true};
    provider_.then_call("bash", R"({"n":2})");
    provider_.then_text("done");
    run("again");
    EXPECT_EQ(last_result(), "refused");
}

TEST_F(HostTest, WhereNobodyIsThereADialogIsCancelled) {
    ui_.dialogs = false;
    start({body("{'commands': [{'name': 'c'}]}",
                "    if method == 'command': note('ui', method='notify', message=str(ask('ui', "
                "method='input', title='?')['result']))\n"
                "    return {}\n")});
    ASSERT_TRUE(host_->run_command("/c", {}));
    ui_.wait_for_notice();
    EXPECT_THAT(ui_.shown, ElementsAre("e1: {'cancelled': True}"));
    EXPECT_THAT(ui_.asked, IsEmpty());
}

TEST_F(HostTest, WhoCrashesWhileDecidingHasNotAllowedTheCallAndIsLeftOut) {
    start({body("{'events': ['tool_call']}", "    if method == 'event': sys.exit(1)\n    return {}\n")});
    provider_.then_call("bash", "{}");
    provider_.then_call("bash", R"({"n":2})");
    provider_.then_text("done");
    run("hi");
    EXPECT_THAT(provider_.requests[1].messages.back().text, HasSubstr("was not run"));
    EXPECT_THAT(own_->ran, ElementsAre(R"({"n":2})"));
    EXPECT_THAT(host_->running(), IsEmpty());
    EXPECT_THAT(failures(), Contains(HasSubstr("exit status 1")));
}

TEST_F(HostTest, ACrashInAToolIsAResult) {
    start({body("{'tools': [{'name': 'bad'}]}", "    if method == 'tool': sys.exit(1)\n    return {}\n")});
    provider_.then_call("bad", "{}");
    provider_.then_text("done");
    run("hi");
    EXPECT_THAT(last_result(), HasSubstr("Error: "));
    host_->before_run({});
    EXPECT_EQ(tools_.size(), 2U);
}

TEST_F(HostTest, OneThatDoesNotStartIsReportedAndTheOthersGoOn) {
    start({"sys.exit(5)\n", body("{'tools': [{'name': 'greet'}]}"), "read()\nprint('no')\n",
           body("{'tools': [{'name': ''}]}")});
    EXPECT_EQ(host_->running().size(), 1U);
    EXPECT_EQ(failures().size(), 3U);
    EXPECT_EQ(tools_.size(), 3U);
}

TEST_F(HostTest, ToolsThatAreRegisteredAtTheStartAreThereForTheFirstRun) {
    start({body("{'events': ['session_start']}",
                "    if params.get('type') == 'session_start': note('register', tools=[{'name': 'late'}])\n"
                "    return {}\n")});
    EXPECT_EQ(tools_.size(), 3U);
}

TEST_F(HostTest, ChoosesWhatAModelMayCall) {
    start({body("{'commands': [{'name': 'plan'}]}",
                "    if method == 'command': ask('set_active_tools', names=['read'])\n    return {}\n")});
    ASSERT_TRUE(host_->run_command("/plan now", {}));
    host_->before_run({});
    ASSERT_EQ(tools_.size(), 1U);
    EXPECT_EQ(tools_.front()->description().name, "read");
}

TEST_F(HostTest, AToolOfItsNameTakesThePlaceOfHearthsAndCanCallIt) {
    start({body("{'tools': [{'name': 'bash'}]}",
                "    if method != 'tool': return {}\n"
                "    inner = ask('run_tool', name='bash', arguments={'command': 'echo'})['result']\n"
                "    return {'content': 'wrapped: ' + inner['content'][0]['text']}\n")});
    EXPECT_EQ(tools_.size(), 2U);
    provider_.then_call("bash", "{}");
    provider_.then_text("done");
    run("hi");
    EXPECT_EQ(last_result(), R"(wrapped: ran {"command":"echo"})");
}

TEST_F(HostTest, CommandsAreListedAndRun) {
    start({body(
        "{'commands': [{'name': 'greet', 'description': 'says hello'}]}",
        "    if method == 'command': note('ui', method='notify', message='Hello ' + params['arguments'])\n"
        "    return {}\n")});
    EXPECT_TRUE(host_->is_command("/greet Ann"));
    EXPECT_FALSE(host_->is_command("/other"));
    EXPECT_FALSE(host_->is_command("greet"));
    EXPECT_THAT(host_->commands(),
                ElementsAre(HasSubstr(R"("name":"greet","description":"says hello","source":"extension")")));
    ASSERT_TRUE(host_->run_command("/greet  Ann ", {}));
    ui_.wait_for_notice();
    EXPECT_THAT(ui_.shown, ElementsAre("e1: Hello Ann"));
}

TEST_F(HostTest, WhatIsSaidIsChangedOrDealtWith) {
    start({body("{'events': ['input']}",
                "    if params.get('text') == 'ping': return {'action': 'handled'}\n"
                "    return {'action': 'transform', 'text': params['text'].upper()} if method == 'event' "
                "else {}\n")});
    EXPECT_EQ(host_->said("hello", {}), "HELLO");
    EXPECT_EQ(host_->said("ping", {}), std::nullopt);
}

TEST_F(HostTest, TheSessionIsReadAndWrittenTo) {
    start({body("{'commands': [{'name': 'c'}], 'session': True}",
                "    if method == 'command':\n"
                "        ask('append_entry', customType='mine', data={'n': 1})\n"
                "        ask('send_message', customType='m', content='for later', deliverAs='nextTurn')\n"
                "        ask('session', command={'type': 'prompt', 'message': 'go'})\n"
                "        note('ui', method='notify', message=str(len(ENTRIES)))\n"
                "    return {}\n")});
    ASSERT_TRUE(door_.session.append({.role = chat::Role::kUser, .text = "said"}));
    ASSERT_TRUE(host_->run_command("/c", {}));
    ui_.wait_for_notice();
    EXPECT_THAT(ui_.shown, ElementsAre("e1: 1"));
    EXPECT_EQ(door_.session.entries().back().custom_type, "mine");
    EXPECT_THAT(door_.commands, ElementsAre("prompt:go"));
    provider_.then_text("ok");
    run("next");
    EXPECT_EQ(provider_.requests.back().messages.back().text, "said\n\nnext\n\nfor later");
}

TEST_F(HostTest, WhatItMustNotDoIsRefused) {
    start({body("{'commands': [{'name': 'c'}]}",
                "    if method == 'command':\n"
                "        for each in ('bash', 'extension_ui_response'):\n"
                "            error = ask('session', command={'type': each, 'command': 'id'}).get('error')\n"
                "            note('ui', method='notify', message=error['message'])\n"
                "    return {}\n")});
    ASSERT_TRUE(host_->run_command("/c", {}));
    ui_.wait_for_notice();
    EXPECT_THAT(ui_.shown, Contains(HasSubstr("cannot give the command 'bash'")));
    EXPECT_THAT(door_.commands, IsEmpty());
}

TEST_F(HostTest, EventsOfARunAreToldToThoseWhoWantThem) {
    start({body("{'events': ['turn_end']}", "    return {}\n") + "",
           "message = read()\n"
           "answer(message, {'protocol': 1, 'events': ['message_end']})\n"
           "while message := read():\n"
           "    if message['method'] == 'event': note('ui', method='notify', "
           "message=message['params']['message']['role'])\n"
           "    if 'id' in message: answer(message, {})\n"
           "    if message['method'] == 'shutdown': break\n"});
    provider_.then_text("ok");
    run("hi");
    ui_.wait_for_notice();
    EXPECT_EQ(ui_.shown.front(), "e2: system");
}

TEST_F(HostTest, AFlagThatNobodyHasIsAMistake) {
    const auto host = try_start({body("{'flags': [{'name': 'plan', 'type': 'boolean'}]}")}, {{"plam", ""}});
    ASSERT_FALSE(host);
    EXPECT_EQ(host.error().code(), Code::kInvalidInput);
    EXPECT_THAT(host.error().message(), HasSubstr("there are: plan"));
}

TEST_F(HostTest, TheDialogOfOneThatEndsIsWithdrawn) {
    ui_.answers = false;
    start({body("{'commands': [{'name': 'c'}]}",
                "    if method == 'command':\n"
                "        send(id=9, method='ui', params={'method': 'confirm', 'title': 'x'})\n"
                "        sys.exit(0)\n"
                "    return {}\n")});
    EXPECT_FALSE(host_->run_command("/c", {}));
    host_.reset();
    EXPECT_EQ(ui_.withdrawn, 1);
}

}  // namespace
}  // namespace hearth::extend
