#include "eval/command_agent.h"

#include <gtest/gtest.h>

#include "eval/oneshot_agent.h"

namespace hearth::eval {
namespace {

const Placeholders kValues = {{"model", "a b"}, {"prompt", "it's; rm -rf /"}, {"url", ""}};

TEST(CommandTemplate, ValuesAreOneWordEach) {
    EXPECT_EQ(*expand_command("run --model {model} -p {prompt}", kValues),
              "run --model 'a b' -p 'it'\\''s; rm -rf /'");
}

TEST(CommandTemplate, OptionalPartsNeedAValue) {
    EXPECT_EQ(*expand_command("x{url? --url {url}}{model? -m {model}}", kValues), "x -m 'a b'");
}

TEST(CommandTemplate, ShellBracesStay) {
    EXPECT_EQ(*expand_command("for i in {1..3}; do { echo ${HOME}; }; done", kValues),
              "for i in {1..3}; do { echo ${HOME}; }; done");
}

TEST(CommandTemplate, AnUnknownNameIsAMistake) {
    const auto result = expand_command("run {modell}", kValues);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), Code::kInvalidInput);
}

TEST(CommandTemplate, TheToolsAreAFileOnlyWhereThereAreSome) {
    Task task;
    AgentTask job;
    job.task = &task;
    job.folder = "/t";
    EXPECT_EQ(*expand_command("x{tools_file? --tools {tools_file}}", placeholders_of(job)), "x");
    task.tool_item.emplace();
    EXPECT_EQ(*expand_command("x{tools_file? --tools {tools_file}}", placeholders_of(job)),
              "x --tools '/t/in/tools.json'");
}

TEST(CommandAgent, TokensAreToldOnTheLastLine) {
    const auto tokens = told_tokens(
        "{\"usage\":{\"prompt_tokens\":1,\"generated_tokens\":2}}\nnoise\n"
        "{\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":30}}\nbye\n");
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->prompt.value, 900);
    EXPECT_EQ(tokens->generated.value, 30);
    EXPECT_FALSE(told_tokens("done\n{\"usage\":{}}\n"));
}

TEST(AgentSpec, NamesBuiltInsAndCommands) {
    EXPECT_EQ(agent_spec("reference", "/bin/hearth")->command, "");
    EXPECT_TRUE(agent_spec("hearth", "/opt/my hearth")->command.starts_with("'/opt/my hearth' code --json"));
    EXPECT_TRUE(agent_spec("hearth", "/opt/hearth")->command.contains(" --seed {seed}"));
    EXPECT_EQ(agent_spec("mine=python3 a.py", "")->name, "mine");
    EXPECT_EQ(agent_spec("./tools/agent.sh {prompt_file}", "")->name, "agent.sh");
    EXPECT_FALSE(agent_spec("refrence", ""));
    EXPECT_FALSE(agent_spec("mine=", ""));
}

Task one_file() {
    Task task;
    task.language = "python";
    task.solution_files = {"pay.py"};
    return task;
}

TEST(Oneshot, ShowsTheFileAndAsksForAllOfIt) {
    const auto prompt =
        oneshot_prompt(one_file(), "Fix it.\n", {{"pay.py", "x = 1\n"}, {"rate.py", "y = 2\n"}});
    EXPECT_EQ(prompt,
              "Fix it.\n\nHere is the file pay.py:\n\n```python\nx = 1\n```\n\nFor reference, the file "
              "rate.py (it stays as it "
              "is):\n\n```python\ny = 2\n```\n\nReply with the complete new content of pay.py in one python "
              "code block.");
}

TEST(Oneshot, TakesTheLongestBlockForTheOnlyFile) {
    const auto files = oneshot_files(one_file(), "Run:\n```sh\nls\n```\nNew:\n```python\nx = 2\ny = 3\n```\n",
                                     {{"pay.py", ""}});
    ASSERT_TRUE(files);
    EXPECT_EQ(files->at("pay.py"), "x = 2\ny = 3\n");
}

TEST(Oneshot, TakesNamedBlocksOfFilesThatMayChange) {
    Task task = one_file();
    task.solution_files = {"*.py"};
    const auto files =
        oneshot_files(task, "a.py\n```python\n1\n```\n\nb.txt\n```\n2\n```\n", {{"a.py", ""}, {"c.py", ""}});
    ASSERT_TRUE(files) << files.error().message();
    EXPECT_EQ(files->size(), 1U);
    EXPECT_EQ(files->at("a.py"), "1\n");
    EXPECT_FALSE(oneshot_files(task, "no code", {{"a.py", ""}}));
}

}  // namespace
}  // namespace hearth::eval
