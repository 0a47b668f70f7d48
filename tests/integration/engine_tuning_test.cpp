// Settings that `hearth tune` found, on the real engine: they are used, answers stay the same, and a crash sets them aside.
#include <gmock/gmock.h>

#include "capacity/machine.h"
#include "engine/report_keeper.h"
#include "engine/tuning_book.h"
#include "integration/engine_fixture.h"
#include "tune/engine_lab.h"
#include "tune/tuner.h"

namespace hearth::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Speculation kSimple{.kind = Speculation::Kind::kSimple, .longest = 48};

class EngineTuning : public EngineTest {
protected:
    [[nodiscard]] std::string machine() const {
        return capacity::machine_identity(*capacity::probe_machine());
    }

    void keep(const TunedSettings& settings, const std::string& engine) const {
        TuningBook book = TuningBook::load(paths_.state);
        ASSERT_TRUE(book.keep({.machine = machine(),
                               .model = model_key(small_),
                               .name = "smollm2:135m",
                               .engine = engine,
                               .settings = settings,
                               .gain = {},
                               .set_aside = {}}));
    }

    // The words by which the engine of this machine is known.
    std::string engine_words() const {
        const Result<Lease> lease = open()->acquire("smollm2:135m", small_, small_options(), {}, {});
        EXPECT_TRUE(lease) << lease.error().message();
        return lease ? lease->engine : std::string();
    }

    [[nodiscard]] model::InstalledModel installed(const std::string& name) const {
        model::InstalledModel found;
        found.name = name;
        found.file = model(name);
        return found;
    }

    // From now on the engine ends at once when it is started with this word: before the real one runs, a script looks.
    void refuse(const std::string& word) const {
        const std::filesystem::path server = engine_ / "bin" / "llama-server";
        std::filesystem::remove(engine_ / "bin");
        std::filesystem::create_directories(engine_ / "bin");
        std::ofstream(server) << "#!/bin/sh\nfor each in \"$@\"; do\n  if [ \"$each\" = \"" << word
                              << "\" ]; then echo 'no such thing' >&2; exit 1; fi\ndone\nexec '"
                              << real_.server.string() << "' \"$@\"\n";
        std::filesystem::permissions(server, std::filesystem::perms::owner_all);
    }

    // The command lines of this test's engines.
    [[nodiscard]] std::string command_line() const {
        std::string all;
        for (const pid_t pid : processes_with(paths_.runtime.string() + "/")) {
            std::string line = os::read_file("/proc/" + std::to_string(pid) + "/cmdline").value_or("");
            std::ranges::replace(line, '\0', ' ');
            all += line;
        }
        return all;
    }

    static ServeOptions options() { return {.context = Tokens{2048}, .slots = 2, .shared_prompt = false}; }
};

TEST_F(EngineTuning, TheModelStartsWithWhatWasFoundAndOptionsGoFirst) {
    const std::string engine = engine_words();
    keep({.batch = 256, .speculation = kSimple}, engine);
    const auto supervisor = open();
    {
        const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        EXPECT_EQ(lease->tuning, (TunedSettings{.batch = 256, .speculation = kSimple}));
        EXPECT_THAT(command_line(), HasSubstr("--spec-type ngram-simple"));
        EXPECT_THAT(command_line(), HasSubstr("--batch-size 256"));
    }
    ServeOptions chosen = options();
    chosen.edit_speculation = false;
    chosen.batch = 128;
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, chosen, {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_THAT(command_line(), Not(HasSubstr("--spec-type")));
    EXPECT_THAT(command_line(), HasSubstr("--batch-size 128"));
}

TEST_F(EngineTuning, WhatWasFoundWithAnotherEngineIsNotUsed) {
    keep({.batch = 256}, "llama.cpp of another kind");
    const Result<Lease> lease = open()->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_EQ(lease->tuning, TunedSettings());
}

TEST_F(EngineTuning, SettingsWithWhichTheEngineDoesNotStartAreSetAside) {
    refuse("384");
    keep({.batch = 384}, engine_words());
    const auto supervisor = open();
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    EXPECT_EQ(lease->tuning, TunedSettings());
    const TuningBook book = TuningBook::load(paths_.state);
    ASSERT_NE(book.find(machine(), model_key(small_)), nullptr);
    EXPECT_NE(book.find(machine(), model_key(small_))->set_aside, "");
    EXPECT_THAT(os::read_file(paths_.state / "logs" / "tuning.log").value_or(""), HasSubstr("batch 384"));
}

TEST_F(EngineTuning, ACrashBeforeTheFirstAnswerSetsThemAside) {
    const std::string engine = engine_words();
    keep({.batch = 256}, engine);
    const auto supervisor = open();
    const Result<Lease> first = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(first) << first.error().message();
    const std::vector<pid_t> running = processes_with(paths_.runtime.string() + "/");
    ASSERT_EQ(running.size(), 1U);
    ASSERT_EQ(::kill(running.front(), SIGSEGV), 0);
    ASSERT_TRUE(happens([&] { return !supervisor->healthy(*first); }));
    const Result<Lease> second = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(second->tuning, TunedSettings());
    EXPECT_THAT(command_line(), HasSubstr("--batch-size 128"));
    EXPECT_NE(TuningBook::load(paths_.state).find(machine(), model_key(small_))->set_aside, "");
}

TEST_F(EngineTuning, ACrashAfterAnswersDoesNot) {
    const std::string engine = engine_words();
    keep({.batch = 256}, engine);
    const auto supervisor = open();
    const Result<Lease> first = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(first) << first.error().message();
    first->note_answer();
    const std::vector<pid_t> running = processes_with(paths_.runtime.string() + "/");
    ASSERT_EQ(running.size(), 1U);
    ASSERT_EQ(::kill(running.front(), SIGSEGV), 0);
    ASSERT_TRUE(happens([&] { return !supervisor->healthy(*first); }));
    const Result<Lease> second = supervisor->acquire("smollm2:135m", small_, options(), {}, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(second->tuning, (TunedSettings{.batch = 256}));
}

// Greedily, on an edit, where there is something to propose.
TEST_F(EngineTuning, SpeculationDoesNotChangeAnAnswer) {
    const auto supervisor = open();
    const model::InstalledModel coder = installed("qwen2.5-coder:1.5b");
    const LoadSink quiet;
    tune::EngineLab lab(*supervisor, coder, quiet);
    const auto answer = [&](const Speculation& speculation) {
        const Result<tune::Sample> sample =
            lab.run({.speculation = speculation}, tune::Workload::kEdit, 5, 600, {});
        EXPECT_TRUE(sample) << sample.error().message();
        return sample ? sample->answer : std::string();
    };
    const std::string plain = answer({.kind = Speculation::Kind::kNone});
    EXPECT_THAT(plain, HasSubstr("MOST_AT_ONCE"));
    for (const Speculation& each : {Speculation{}, kSimple})
        EXPECT_EQ(answer(each), plain) << speculation_words(each);
}

TEST_F(EngineTuning, ASearchMeasuresBothUsersAndRulesOutWhatDoesNotStart) {
    refuse("384");
    const auto supervisor = open();
    const model::InstalledModel small = installed("smollm2:135m");
    const LoadSink quiet;
    tune::EngineLab lab(*supervisor, small, quiet);
    std::vector<tune::Trial> trials = {
        {.setting = "batch", .value = "384", .change = {.batch = 384}, .workloads = {tune::Workload::kChat}},
        {.setting = "batch",
         .value = "256",
         .change = {.batch = 256},
         .workloads = {tune::Workload::kTwoUsers}}};
    const Result<tune::TuneReport> report =
        tune::tune(lab, trials, 600, {}, {}, {.least_rounds = 1, .most_rounds = 1});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->trials[0].outcome, tune::Outcome::kRuledOut);
    EXPECT_NE(report->trials[0].note, "");
    EXPECT_EQ(report->trials[1].rounds, 1U);
    EXPECT_NE(report->trials[1].outcome, tune::Outcome::kRuledOut) << report->trials[1].note;
}

}  // namespace
}  // namespace hearth::engine
