#include "eval/vary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/contamination.h"
#include "eval/run_outcomes.h"
#include "eval/runner.h"
#include "eval/suite.h"
#include "eval/task_folder.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Vary : public testing::Test {
protected:
    // A Python task; `check` is what its test looks at.
    void add_python(const std::string& id,
                    const std::string& check = "assert doubled_meter(4) == 8, 'wanted 8'") const {
        const auto task = ground_.path() / "from" / id;
        put(task / "task.toml",
            "title = \"Double\"\nkind = \"bug-fix\"\nlanguage = \"python\"\ndifficulty = \"easy\"\n"
            "solution_files = [\"meter.py\"]\n\n[tests]\ncommand = \"python3 check_meter.py\"\nseconds = "
            "10\n\n"
            "[provenance]\nsource = \"a test\"\nlicence = \"MIT\"\n");
        put(task / "instructions.md", "Fix `doubled_meter(reading)` in `meter.py`.\n");
        put(task / "work/meter.py", "def doubled_meter(reading):\n    return reading\n");
        put(task / "work/run.sh", "python3 meter.py\n");
        fs::permissions(task / "work/run.sh", fs::perms::owner_all);
        put(task / "tests/check_meter.py", "from meter import doubled_meter\n\n" + check + "\n");
        put(task / "solution/meter.py", "def doubled_meter(reading):\n    return reading * 2\n");
    }

    Result<std::vector<Variant>> vary(VaryRequest request, const VaryProgress& progress = {},
                                      std::stop_token stop = {}) {
        put(ground_.path() / "from/suite.toml", "name = \"small\"\ntitle = \"Small\"\n");
        request.tasks = TRY(load_suite(ground_.path() / "from")).tasks;
        request.into = into_;
        const auto sandbox = TRY(open_grading_sandbox(ground_.path() / "scratch"));
        return vary_tasks(request, {.sandbox = &sandbox, .scratch = ground_.path() / "scratch"}, progress,
                          std::move(stop));
    }

    std::vector<std::string> names_in_suite() const {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(into_, error))
            names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

    Ground ground_;
    fs::path into_ = ground_.path() / "varied";
};

TEST_F(Vary, AProvenVariantStandsBesideItsOriginal) {
    add_python("meter");
    const auto variants = vary({.first_seed = 7, .count = 2});
    ASSERT_TRUE(variants) << variants.error().message();
    ASSERT_EQ(variants->size(), 2U);
    EXPECT_TRUE(variants->front().proven) << variants->front().reason;
    EXPECT_THAT(names_in_suite(), ElementsAre("meter", "meter~renamed-7", "meter~renamed-8", "suite.toml"));
    const auto suite = load_suite(into_);
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_THAT(suite->mistakes, IsEmpty());
    const auto& original = suite->tasks[0];
    const auto& variant = suite->tasks[1];
    EXPECT_EQ(original.provenance.source, "a test");
    EXPECT_EQ(variant.provenance.source, "meter of the suite small, renamed with seed 7 (a test)");
    EXPECT_EQ(variant.provenance.licence, "MIT");
    EXPECT_THAT(variant.tags, ElementsAre("renamed"));
    EXPECT_EQ(variant.instructions.find("meter"), std::string::npos);
    EXPECT_EQ(variant.test_command.find("meter"), std::string::npos);
    EXPECT_FALSE(fs::exists(variant.work() / "meter.py"));
    EXPECT_NE(fs::status(variant.work() / "run.sh").permissions() & fs::perms::owner_exec, fs::perms::none);
}

TEST_F(Vary, AVariantWhoseSolutionFailsIsDropped) {
    add_python("good");
    add_python("fixed",
               "import sys\nsys.exit(0 if 'doubled' + '_meter' in open('meter.py').read() and "
               "doubled_meter(4) == 8 else 'not found')");
    const auto variants = vary({});
    ASSERT_TRUE(variants) << variants.error().message();
    EXPECT_FALSE(variants->front().proven);
    EXPECT_THAT(variants->front().reason, HasSubstr("task.toml: the solution passes 0 of 2 runs"));
    EXPECT_TRUE(variants->back().proven);
    EXPECT_THAT(names_in_suite(), ElementsAre("good", "good~renamed-1", "suite.toml"));
}

TEST_F(Vary, AnotherLanguageIsAReasonAndLeavesNothing) {
    fs::create_directory(ground_.path() / "from");
    fs::rename(ground_.add_task("a"), ground_.path() / "from/a");
    const auto variants = vary({.variations = {CodeVariation::kRenamed, CodeVariation::kDistracted}});
    ASSERT_TRUE(variants) << variants.error().message();
    ASSERT_EQ(variants->size(), 2U);
    EXPECT_THAT(variants->front().reason, HasSubstr("not in 'shell'"));
    EXPECT_FALSE(fs::exists(into_));
}

TEST_F(Vary, OriginalsMayBeLeftOut) {
    add_python("meter");
    ASSERT_TRUE(vary({.variations = {CodeVariation::kDistracted}, .originals = false}));
    EXPECT_THAT(names_in_suite(), ElementsAre("meter~distracted-1", "suite.toml"));
}

TEST_F(Vary, AStopLeavesWholeTasksAndTheSameRequestGoesOn) {
    add_python("a");
    add_python("b");
    std::stop_source source;
    const auto stopped = vary(
        {},
        [&](std::size_t done, std::size_t) {
            if (done > 4) source.request_stop();
        },
        source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), Code::kCancelled);
    EXPECT_THAT(names_in_suite(), ElementsAre("a", "a~renamed-1", "suite.toml"));
    const auto written = fs::last_write_time(into_ / "a~renamed-1/task.toml");
    ASSERT_TRUE(vary({}));
    EXPECT_THAT(names_in_suite(), ElementsAre("a", "a~renamed-1", "b", "b~renamed-1", "suite.toml"));
    EXPECT_EQ(fs::last_write_time(into_ / "a~renamed-1/task.toml"), written);
}

TEST_F(Vary, AStoppedBeginningLeavesNothing) {
    add_python("a");
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(vary({}, {}, source.get_token()));
    EXPECT_FALSE(fs::exists(into_));
}

// The way of a user: variants, a run over them with one agent that knows the originals, the report.
TEST_F(Vary, ARunOverOriginalsAndVariantsShowsWhoRecalls) {
    for (const auto* id : {"a", "b", "c", "d", "e", "f", "g"})
        add_python(id);
    const auto variants = vary({.proof = {.runs = 1, .workers = 2}});
    ASSERT_TRUE(variants) << variants.error().message();
    RunRequest request;
    request.suite = "varied";
    request.tasks = load_suite(into_)->tasks;
    request.models = {""};
    request.limits.time = std::chrono::seconds(20);
    request.limits.tries = 1;
    request.seeds = 1;
    for (const auto* agent :
         {"reference", "none", "recaller=printf 'def doubled_meter(x):\\n    return 2 * x\\n' > meter.py"})
        request.agents.push_back(*agent_spec(agent, "/nowhere/hearth"));
    auto store = ResultStore::open(ground_.path() / "results/r.db");
    ASSERT_TRUE(store) << store.error().message();
    const auto none = [](const std::string&, std::stop_token) -> Result<ModelHandle> {
        return ModelHandle();
    };
    const auto run = run_suite(*store, request, none, {}, {}, {});
    ASSERT_TRUE(run) << run.error().message();
    const auto attempts = *store->attempts(*run);
    EXPECT_EQ(attempts.size(), 42U);
    EXPECT_EQ(without_variants(attempts).size(), 21U);
    std::map<std::string, ProbeVerdict> verdicts;
    for (const auto& probe : contamination_probes(arms_of(attempts))) {
        EXPECT_EQ(probe.comparison.tasks, 7U);
        verdicts[probe.arm] = probe.verdict;
    }
    EXPECT_EQ(verdicts.at("reference"), ProbeVerdict::kNotShown);
    EXPECT_EQ(verdicts.at("none"), ProbeVerdict::kNoBase);
    EXPECT_EQ(verdicts.at("recaller"), ProbeVerdict::kDrop);
}

}  // namespace
}  // namespace hearth::eval
