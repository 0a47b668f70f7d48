#include "probe/edit_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "core/text.h"
#include "scaffold/source_outline.h"
#include "support/scripted_provider.h"

namespace hearth::probe {
namespace {

using testing::HasSubstr;

// The lines of one function of a file.
std::string function_of(std::string_view file, std::string_view name) {
    const auto lines = split_lines(file);
    std::string out;
    for (const auto& each : scaffold::outline(file, scaffold::Syntax::kIndent))
        if (each.name == name)
            for (auto n = each.first_line; n < each.end_line; ++n)
                out += std::string(lines[n]) + "\n";
    return out;
}

chat::Answer said(std::string text, chat::StopReason reason = chat::StopReason::kStop) {
    return {.message = {.role = chat::Role::kAssistant, .text = std::move(text)}, .reason = reason};
}

chat::Answer called(std::string arguments) {
    chat::Answer answer = said("", chat::StopReason::kToolCalls);
    answer.message.tool_calls.push_back({.id = "1", .name = "edit", .arguments = std::move(arguments)});
    return answer;
}

TEST(EditTasks, HaveAResultThatDiffersInTheNamedFunctionAlone) {
    for (const unsigned seed : {1U, 7U, 99U}) {
        const auto tasks = edit_tasks(seed);
        ASSERT_EQ(tasks.size(), 5U);
        for (const auto& task : tasks) {
            EXPECT_FALSE(same_code(task.content, task.expected)) << task.words;
            EXPECT_FALSE(function_of(task.content, task.function).empty()) << task.function;
            for (const auto* other : {"total", "shipping", "label", "mean"}) {
                const bool same = function_of(task.content, other) == function_of(task.expected, other);
                EXPECT_EQ(same, task.function != other) << task.words << other;
            }
        }
    }
}

TEST(EditTasks, CompareCodeAndNotItsLook) {
    EXPECT_TRUE(same_code("a = 'x'  # why\n\n\nb = 2\n", "a = \"x\"\nb = 2"));
    EXPECT_TRUE(same_code("# all new\na = '#'\n", "a = '#'\n"));
    EXPECT_FALSE(same_code("a = 1\n", "a = 2\n"));
    EXPECT_FALSE(same_code("if a:\n    b()\n", "if a:\nb()\n"));
}

TEST(EditProbe, TakesTheRightAnswerOfEachFormatAsRight) {
    for (const auto& task : edit_tasks(7)) {
        const auto whole = edited(task, EditFormat::kWholeFile, said(task.expected));
        ASSERT_TRUE(whole) << whole.error().message();
        EXPECT_TRUE(same_code(*whole, task.expected)) << task.words << *whole;
        const auto function =
            edited(task, EditFormat::kFunction, said(function_of(task.expected, task.function)));
        ASSERT_TRUE(function) << function.error().message();
        EXPECT_TRUE(same_code(*function, task.expected)) << task.words << *function;
    }
}

TEST(EditProbe, RunsTheEditOfACall) {
    const auto task = edit_tasks(7)[1];
    const std::string arguments =
        R"json({"path":"shop.py","old_text":"\", \".join(names)","new_text":"\" / \".join(names)"})json";
    const auto file = edited(task, EditFormat::kReplace, called(arguments));
    ASSERT_TRUE(file) << file.error().message();
    EXPECT_TRUE(same_code(*file, task.expected)) << *file;
    // The same call written out as text, which the harness reads too.
    const auto text = edited(task, EditFormat::kReplace,
                             said("```json\n{\"name\": \"edit\", \"arguments\": " + arguments + "}\n```"));
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_TRUE(same_code(*text, task.expected));
}

TEST(EditProbe, RunsAnEditUnderTheNamesThatTheToolTakes) {
    const auto task = edit_tasks(7)[1];
    const std::string pair =
        R"json("old_string":"\", \".join(names)","new_string":"\" / \".join(names)")json";
    for (const auto& arguments :
         {R"({"file_path":"shop.py",)" + pair + "}", R"({"path":"shop.py","edits":[{)" + pair + "}]}"}) {
        const auto file = edited(task, EditFormat::kReplace, called(arguments));
        ASSERT_TRUE(file) << arguments << ": " << file.error().message();
        EXPECT_TRUE(same_code(*file, task.expected)) << *file;
    }
}

TEST(EditProbe, TakesWhatMakesNoEditAsNone) {
    const auto task = edit_tasks(7).front();
    EXPECT_FALSE(edited(task, EditFormat::kReplace, said("I would change the number.")));
    EXPECT_FALSE(edited(task, EditFormat::kReplace, called(R"({"path":"shop.py","old_text":"nowhere"})")));
    EXPECT_FALSE(edited(task, EditFormat::kReplace,
                        called(R"({"path":"other.py","old_text":"return 5","new_text":"return 6"})")));
    EXPECT_FALSE(edited(task, EditFormat::kReplace, called("{broken")));
    EXPECT_FALSE(edited(task, EditFormat::kWholeFile, said("")));
}

TEST(EditProbe, AsksAsTheHarnessDoes) {
    const auto task = edit_tasks(7).front();
    const auto whole = edit_request(task, EditFormat::kWholeFile, 0.4);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->messages.back().role, chat::Role::kAssistant);  // an open fence
    EXPECT_THAT(whole->messages[1].text, HasSubstr("complete new content of shop.py"));
    EXPECT_TRUE(whole->tools.empty());
    const auto call = edit_request(task, EditFormat::kReplace, 0.4);
    ASSERT_TRUE(call);
    ASSERT_EQ(call->tools.size(), 1U);
    EXPECT_EQ(call->messages.back().role, chat::Role::kUser);
}

// A model that is right with functions and wrong with all else.
TEST(EditProbe, CountsWhatEachFormatCameTo) {
    test::ScriptedProvider provider;
    const auto tasks = edit_tasks(7);
    for (int i = 0; i < 6; ++i) {
        provider.then_do([&tasks, i](const chat::Request& request, const chat::EventSink& /*sink*/,
                                     const std::stop_token& /*stop*/) -> Result<chat::Reply> {
            const auto& task = tasks[static_cast<std::size_t>(i / 3)];
            chat::Reply reply;
            reply.usage.generated_tokens = {30};
            for (int k = 0; k < request.candidates; ++k) {
                std::string text = "Sorry.";
                if (i % 3 == 0) text = task.content;  // the file as it was
                if (i % 3 == 1) text = function_of(task.expected, task.function);
                reply.answers.push_back(said(text));
            }
            return reply;
        });
    }
    const Desk desk{
        .provider = provider, .effort = {.slots = 3, .tasks = 2, .samples = 3}, .tick = {}, .stop = {}};
    const auto shares = probe_edits(desk);
    ASSERT_TRUE(shares) << shares.error().message();
    ASSERT_EQ(shares->size(), 3U);
    EXPECT_EQ((*shares)[0].right, (Share{.right = 0, .asked = 6}));
    EXPECT_EQ((*shares)[1].right, (Share{.right = 6, .asked = 6}));
    EXPECT_EQ((*shares)[1].usable, (Share{.right = 6, .asked = 6}));
    EXPECT_EQ((*shares)[2].usable, (Share{.right = 0, .asked = 6}));
    EXPECT_DOUBLE_EQ((*shares)[1].tokens, 10);
    EXPECT_TRUE(provider.used_up());
}

TEST(EditProbe, EndsBehindATaskWhenTheTimeIsUp) {
    test::ScriptedProvider provider;
    for (int i = 0; i < 3; ++i)
        provider.then_text("no");
    const Desk desk{.provider = provider,
                    .effort = {.slots = 1, .tasks = 5, .samples = 1, .until = {}},
                    .tick = {},
                    .stop = {}};
    const auto shares = probe_edits(desk);
    ASSERT_TRUE(shares) << shares.error().message();
    for (const auto& each : *shares)
        EXPECT_EQ(each.right.asked, 1);
}

TEST(SpreadProbe, CountsDifferentAnswersAtEachTemperature) {
    test::ScriptedProvider provider;
    std::vector<double> temperatures;
    const auto task = edit_tasks(7).front();
    for (int i = 0; i < 4; ++i) {
        provider.then_do([&, i](const chat::Request& request, const chat::EventSink& /*sink*/,
                                const std::stop_token& /*stop*/) -> Result<chat::Reply> {
            temperatures.push_back(request.sampling.temperature);
            chat::Reply reply;
            for (int k = 0; k < request.candidates; ++k)
                reply.answers.push_back(said(function_of(task.expected, task.function) +
                                             std::string(k < i ? "# and more\n" : "") +
                                             (k == 0 ? "# first\n" : "")));
            return reply;
        });
    }
    const Desk desk{.provider = provider, .effort = {.slots = 4, .samples = 4}, .tick = {}, .stop = {}};
    const auto steps = probe_spread(desk);
    ASSERT_TRUE(steps) << steps.error().message();
    ASSERT_EQ(steps->size(), 4U);
    EXPECT_TRUE(std::ranges::is_sorted(temperatures));
    EXPECT_EQ(steps->front().distinct, (Share{.right = 2, .asked = 4}));
    EXPECT_EQ((*steps)[2].distinct, (Share{.right = 3, .asked = 4}));
    EXPECT_EQ(steps->front().right, (Share{.right = 4, .asked = 4}));
}

}  // namespace
}  // namespace hearth::probe
