#include "eval/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/failure_class.h"
#include "eval/run_outcomes.h"
#include "eval/suite.h"
#include "eval/task_folder.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Runner : public testing::Test {
protected:
    RunRequest request(const std::vector<std::string>& agents) {
        const auto suite = load_suite(ground_.path());
        RunRequest result;
        result.suite = "small";
        result.tasks = suite->tasks;
        result.models = {""};
        result.seeds = 2;
        result.limits.time = std::chrono::seconds(20);
        for (const auto& agent : agents)
            result.agents.push_back(*agent_spec(agent, "/nowhere/hearth"));
        return result;
    }

    // All attempts of the run, after it.
    std::vector<AttemptRecord> run(const RunRequest& request) {
        auto store = ResultStore::open(file_);
        EXPECT_TRUE(store) << store.error().message();
        const auto none = [](const std::string&, std::stop_token) -> Result<ModelHandle> {
            return ModelHandle();
        };
        const auto id = run_suite(*store, request, none, {}, {}, {});
        EXPECT_TRUE(id) << id.error().message();
        return id ? *store->attempts(*id) : std::vector<AttemptRecord>();
    }

    Ground ground_;
    fs::path file_ = ground_.path() / "results/r.db";
};

TEST_F(Runner, RunsEveryCellOnce) {
    ground_.add_task("a");
    ground_.add_task("b");
    auto wanted = request({"reference", "none"});
    wanted.parallel = 3;
    const auto attempts = run(wanted);
    EXPECT_EQ(attempts.size(), 8U);
    for (const auto& attempt : attempts) {
        EXPECT_TRUE(attempt.finished);
        EXPECT_EQ(attempt.outcome.passed, attempt.cell.agent == "reference");
        EXPECT_EQ(attempt.outcome.failure, attempt.outcome.passed ? Failure::kNone : Failure::kNoEdit);
    }
    EXPECT_FALSE(fs::exists(ground_.path() / "results/r.db.files/scratch") &&
                 !fs::is_empty(ground_.path() / "results/r.db.files/scratch"));
}

TEST_F(Runner, GoesOnWithTheSamePlanAndBeginsAnewWithAnother) {
    ground_.add_task("a");
    const auto first = run(request({"none"}));
    const auto again = run(request({"none"}));
    EXPECT_EQ(first.front().id, again.front().id);
    EXPECT_EQ(first.front().ended_ms, again.front().ended_ms);
    put(ground_.path() / "a/instructions.md", "Another text.\n");
    EXPECT_NE(run(request({"none"})).front().run, first.front().run);
}

TEST_F(Runner, ACommandSeesItsPromptAndNothingOfTheTests) {
    ground_.add_task("a");
    const auto attempts = run(request({"script=cat {instructions}; ls -a; test ! -e " +
                                       (ground_.path() / "a").string() + " && echo 42 > value.txt"}));
    EXPECT_TRUE(attempts.front().outcome.passed);
    const auto out = os::read_file(fs::path(attempts.front().outcome.folder) / "try-1/stdout.txt");
    ASSERT_TRUE(out);
    EXPECT_THAT(*out, HasSubstr("Write 42 into value.txt."));
    EXPECT_EQ(out->find("check.sh"), std::string::npos);
}

TEST_F(Runner, InTheOpenProtocolTheTestsLieInTheWorkspace) {
    ground_.add_task("a");
    auto wanted =
        request({"script=echo 42 > value.txt; {test_command?eval {test_command}} && echo seen; rm check.sh"});
    wanted.limits.protocol = Protocol::kOpen;
    wanted.limits.tries = 1;
    const auto attempts = run(wanted);
    EXPECT_TRUE(attempts.front().outcome.passed);
    EXPECT_EQ(*os::read_file(fs::path(attempts.front().outcome.folder) / "try-1/stdout.txt"), "seen\n");
}

TEST_F(Runner, AfterAFailureTheAgentIsToldWhatTheTestsSaid) {
    ground_.add_task("a", "grep -qx 42 value.txt || { echo wanted forty-two; false; }");
    const auto attempts =
        run(request({"script=if grep -q forty-two {prompt_file}; then echo 42 > value.txt; else echo 7 > "
                     "value.txt; fi"}));
    const auto& outcome = attempts.front().outcome;
    EXPECT_EQ(outcome.passed_at, 2);
    ASSERT_EQ(outcome.tries.size(), 2U);
    EXPECT_EQ(outcome.tries.front().failure, Failure::kAssertion);
    EXPECT_THAT(*os::read_file(fs::path(outcome.folder) / "changes.diff"), HasSubstr("-0\n+42\n"));
}

TEST_F(Runner, TellsWhyAnAttemptFailed) {
    ground_.add_task("a");
    const std::string costly =
        R"(costly=echo 42 > value.txt; echo '{"usage":{"prompt_tokens":5,"generated_tokens":900}}')";
    auto wanted = request({"slow=sleep 30", "wrong=echo x > notes.txt",
                           "cheat=echo true > check.sh; echo 1 > value.txt", "broken=exit 3", costly});
    wanted.seeds = 1;
    wanted.limits.time = std::chrono::seconds(1);
    wanted.limits.tokens = {100};
    wanted.limits.tries = 1;
    std::map<std::string, Failure> failures;
    for (const auto& attempt : run(wanted))
        failures[attempt.cell.agent] = attempt.outcome.failure;
    EXPECT_EQ(failures["slow"], Failure::kAgentTimeout);
    EXPECT_EQ(failures["wrong"], Failure::kWrongFile);
    EXPECT_EQ(failures["cheat"], Failure::kTestsTouched);
    EXPECT_EQ(failures["broken"], Failure::kAgentError);
    EXPECT_EQ(failures["costly"], Failure::kBudget);
}

// Counters as the kernel shows them, which the agent itself moves on.
class RunnerEnergy : public Runner {
protected:
    void SetUp() override {
        ground_.add_task("a");
        put(counters() / "intel-rapl:0/name", "package-0\n");
        put(counters() / "intel-rapl:0/max_energy_range_uj", "262143328850\n");
        put(counter(), "1000000\n");
    }

    [[nodiscard]] fs::path counters() const { return ground_.path() / "powercap"; }

    [[nodiscard]] fs::path counter() const { return counters() / "intel-rapl:0/energy_uj"; }

    // An attempt of an agent that may take five joules; its counter stands at one when it starts.
    RunRequest five_joules(const std::string& agent) {
        auto wanted = request({agent});
        wanted.seeds = 1;
        wanted.limits.tries = 3;
        wanted.limits.joules = 5;
        wanted.energy_counters = counters();
        for (auto& each : wanted.agents)
            each.trusted = true;
        return wanted;
    }
};

TEST_F(RunnerEnergy, AnAgentIsStoppedWhenTheEnergyIsSpent) {
    const auto attempts =
        run(five_joules("busy=echo 42 > value.txt; echo 7000000 > '" + counter().string() + "'; sleep 60"));
    ASSERT_EQ(attempts.size(), 1U);
    const auto& outcome = attempts.front().outcome;
    EXPECT_TRUE(attempts.front().finished);
    EXPECT_FALSE(outcome.passed);
    EXPECT_EQ(outcome.failure, Failure::kBudget);
    EXPECT_EQ(outcome.tries.size(), 1U);
    EXPECT_EQ(outcome.joules, 6.0);
    EXPECT_LT(outcome.seconds, 15);
    EXPECT_THAT(*os::read_file(fs::path(outcome.folder) / "changes.diff"), HasSubstr("+42"));
}

TEST_F(RunnerEnergy, ThriftyAgentsHaveAllTheirTries) {
    const auto attempts = run(five_joules("thrifty=echo {try}000000 > '" + counter().string() + "'"));
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts.front().outcome.tries.size(), 3U);
    EXPECT_EQ(attempts.front().outcome.failure, Failure::kNoEdit);
    EXPECT_EQ(attempts.front().outcome.joules, 2.0);
}

TEST_F(RunnerEnergy, ABudgetThatNobodyCanKeepIsRefused) {
    const auto refusal = [&](const RunRequest& wanted) {
        auto store = ResultStore::open(file_);
        const auto none = [](const std::string&, std::stop_token) -> Result<ModelHandle> {
            return ModelHandle();
        };
        const auto id = run_suite(*store, wanted, none, {}, {}, {});
        return id ? std::string() : id.error().message();
    };
    auto wanted = five_joules("thrifty=true");
    wanted.parallel = 2;
    EXPECT_THAT(refusal(wanted), HasSubstr("--parallel 1"));
    wanted = five_joules("thrifty=true");
    fs::remove(counter());
    EXPECT_THAT(refusal(wanted), HasSubstr("--seconds"));
}

TEST_F(Runner, QuestionsAreAnsweredInAFile) {
    put(ground_.path() / "q.jsonl",
        "{\"id\":\"sum\",\"prompt\":\"17 + 4?\",\"answer\":\"21\",\"scorer\":\"numeric\"}\n"
        "{\"id\":\"even\",\"prompt\":\"An even "
        "number?\",\"answer\":\"\",\"scorer\":\"program\",\"program\":\"test $(( $(cat "
        "answer.txt) % 2 )) = 0\"}\n");
    auto wanted = request({"script=echo 21 > answer.txt"});
    wanted.seeds = 1;
    wanted.limits.tries = 1;
    std::map<std::string, bool> passed;
    for (const auto& attempt : run(wanted))
        passed[attempt.cell.task] = attempt.outcome.passed;
    EXPECT_TRUE(passed["sum"]);
    EXPECT_FALSE(passed["even"]);
}

TEST_F(Runner, AResultIsWrittenOnlyByWhoClaimedIt) {
    ground_.add_task("a");
    const auto wanted = request({"none"});
    auto one = ResultStore::open(file_);
    auto two = ResultStore::open(file_);
    ASSERT_TRUE(one && two);
    ASSERT_TRUE(one->become_runner());
    ASSERT_TRUE(two->become_runner());
    const auto run = one->begin_run(*make_plan(wanted), cells_of(wanted), false);
    ASSERT_TRUE(run);
    const auto claimed = one->claim(*run, "");
    ASSERT_TRUE(claimed && *claimed);
    EXPECT_EQ(*two->recover(), 0);  // the other one lives
    const auto stolen = two->finish((*claimed)->id, {});
    ASSERT_FALSE(stolen);
    EXPECT_EQ(stolen.error().code(), Code::kConflict);
    EXPECT_TRUE(one->finish((*claimed)->id, {}));
    EXPECT_FALSE(one->finish((*claimed)->id, {}));
}

TEST(FailureClass, IsReadFromWhatTheToolsPrint) {
    EXPECT_EQ(classify_output("  File \"a.py\", line 3\nSyntaxError: invalid syntax"), Failure::kSyntaxError);
    EXPECT_EQ(classify_output("ImportError: cannot import name 'pay' from 'pay'"), Failure::kImportError);
    EXPECT_EQ(classify_output("a.cpp:3:5: error: 'x' was not declared in this scope"), Failure::kImportError);
    EXPECT_EQ(classify_output("a.cpp:3:5: error: expected ';' before '}' token"), Failure::kSyntaxError);
    EXPECT_EQ(classify_output("AssertionError: 3 != 4"), Failure::kAssertion);
}

}  // namespace
}  // namespace hearth::eval
