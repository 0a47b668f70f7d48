#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/redaction.h"
#include "eval/baseline.h"
#include "eval/dataset_export.h"
#include "eval/task_folder.h"

namespace hearth::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string cleaned(std::string_view text) { return redact(text, "/root/me", {}).text; }

TEST(Redaction, HomeFoldersBecomeATilde) {
    EXPECT_EQ(cleaned("at /root/me/x.py and /home/ann/y, /Users/bob"), "at ~/x.py and ~/y, ~");
    EXPECT_EQ(cleaned("/root/menu"), "/root/menu");
}

TEST(Redaction, WhatHasTheFormOfASecretGoes) {
    EXPECT_EQ(cleaned("use ghp_abcdefghij0123456789 now"), "use [removed] now");
    EXPECT_EQ(
        cleaned("to /k/hearth_" + std::string(64, 'a') + "/v1 by hearth_launch_plan_test_of_the_program"),
        "to /k/[removed]/v1 by hearth_launch_plan_test_of_the_program");
    EXPECT_EQ(cleaned("API_KEY=abc123def456ghi789"), "API_KEY=[removed]");
    EXPECT_EQ(cleaned("Authorization: Bearer abc123def456ghi789"), "Authorization: Bearer [removed]");
    EXPECT_EQ(cleaned("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\nx"),
              "[removed]\nx");
}

TEST(Redaction, WhatIsKnownToBeASecretGoesWhateverItsForm) {
    KnownSecrets known;
    ASSERT_TRUE(known.add("desk", "plain words"));
    const Redacted result = redact("plain words at /root/me, cGxhaW4gd29yZHM=", "/root/me", known);
    EXPECT_EQ(result.text, "[secret desk] at ~, [secret desk]");
    EXPECT_EQ(result.removed, 3U);
}

TEST(Redaction, OrdinaryCodeStays) {
    for (const std::string_view text : {"token = next_token(stream)", "password=None",
                                        "sk-learn and task-runner", "def token(self): return self.tokens[0]"})
        EXPECT_EQ(cleaned(text), text);
}

TEST(Dataset, HasALineForEachAttemptAndTheHashOfEachFile) {
    const Ground ground;
    const auto folder = ground.path() / "attempt";
    put(folder / "try-1/prompt.md", "In /root/me/p: go on\n");
    put(folder / "changes.diff", "-0\n+42\n");
    RunRecord run;
    run.id = 3;
    run.plan.suite = "small";
    run.plan.settings = "{\"tasks\":[{\"id\":\"a\",\"source\":\"mine\",\"licence\":\"Apache-2.0\"}]}";
    AttemptRecord attempt{.id = 9, .cell = {.task = "a", .agent = "x"}, .finished = true};
    attempt.outcome.passed = true;
    attempt.outcome.tries = {{.passed = true}};
    attempt.outcome.folder = folder.string();
    const DatasetWish wish{.folder = ground.path() / "set", .home = "/root/me"};
    const auto dataset = export_dataset(run, {attempt, {.id = 10}}, origins_of(run), wish);
    ASSERT_TRUE(dataset) << dataset.error().message();
    EXPECT_EQ(dataset->attempts, 1U);
    EXPECT_EQ(dataset->removed, 1U);
    const auto lines = *os::read_file(wish.folder / "data/attempts.jsonl");
    EXPECT_THAT(lines, HasSubstr("\"prompt\":\"In ~/p: go on\\n\""));
    EXPECT_THAT(lines, HasSubstr("\"task_licence\":\"Apache-2.0\""));
    EXPECT_THAT(*os::read_file(wish.folder / "manifest.json"), HasSubstr(os::sha256(lines)));
    EXPECT_THAT(*os::read_file(wish.folder / "README.md"), HasSubstr("license: apache-2.0"));
    EXPECT_FALSE(export_dataset(run, {attempt}, {}, wish));
}

TEST(Dataset, NamesTheLicenceThatAllTasksShare) {
    const auto card = [](const std::string& licences) {
        const Ground ground;
        RunRecord run;
        run.plan.settings = "{\"tasks\":[" + licences + "]}";
        const DatasetWish wish{.folder = ground.path() / "set"};
        EXPECT_TRUE(export_dataset(run, {}, origins_of(run), wish));
        return *os::read_file(wish.folder / "README.md");
    };
    EXPECT_THAT(card(R"({"id":"a","licence":"MIT"},{"id":"b","licence":"MIT"})"),
                HasSubstr("license: mit\n"));
    EXPECT_THAT(card(R"({"id":"a","licence":"MIT"},{"id":"b"})"), HasSubstr("license: other\n"));
    EXPECT_THAT(card(R"({"id":"a","licence":"MIT"},{"id":"b"})"), HasSubstr("MIT, not known"));
}

TEST(Baseline, IsReadFromAReport) {
    const auto arms = parse_baseline(
        "{\"attempts\":[{\"task\":\"a\",\"agent\":\"x\",\"model\":\"m\",\"seed\":2,\"finished\":true,"
        "\"passed\":true},{\"task\":\"a\",\"agent\":\"x\",\"model\":\"m\",\"finished\":false}]}\n",
        "b.json");
    ASSERT_TRUE(arms) << arms.error().message();
    ASSERT_EQ(arms->size(), 1U);
    EXPECT_EQ(arms->front().name, "m with x");
    EXPECT_EQ(arms->front().outcomes.front().passed, std::vector<bool>{true});
    EXPECT_FALSE(parse_baseline("{}", "b.json"));
}

}  // namespace
}  // namespace hearth::eval
