// `hearth tune` with the real engine and the smallest model, as a person runs it. What it keeps goes to a home of its own.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kModel = "smollm2:135m";

class TuneVerb : public ::testing::Test {
protected:
    void SetUp() override {
        const char* real = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(real, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        std::filesystem::create_directory_symlink(std::filesystem::path(real) / "data",
                                                  home_.path() / "data");
    }

    os::Exit hearth(std::vector<std::string> arguments) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        std::ranges::move(arguments, std::back_inserter(command.argv));
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
        command.environment.emplace_back("HEARTH_HOME", home_.path().string());
        auto exit = os::run(command, {.timeout = std::chrono::seconds(280)});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    os::TempDir home_ = *os::TempDir::create("tune-test-");
};

TEST_F(TuneVerb, SaysWhatWouldBeTried) {
    const os::Exit table = hearth({"tune", kModel, "--dry-run"});
    EXPECT_TRUE(table.ok()) << table.err;
    EXPECT_THAT(table.out, HasSubstr("ngram-simple"));
    EXPECT_THAT(table.out, HasSubstr("long document"));
    const os::Exit list = hearth({"tune", kModel, "--dry-run", "--json"});
    const auto trials = parse_json(list.out);
    ASSERT_TRUE(trials) << list.out;
    EXPECT_GT(trials->as_array().size(), 5U);
}

TEST_F(TuneVerb, KeepsNothingThatItHadNoTimeToMeasure) {
    const os::Exit exit = hearth({"tune", kModel, "--seconds", "20", "--json"});
    ASSERT_TRUE(exit.ok()) << exit.err;
    const auto report = parse_json(exit.out);
    ASSERT_TRUE(report) << exit.out;
    EXPECT_EQ(string_member(*report, "model"), kModel);
    ASSERT_NE(array_member(*report, "trials"), nullptr);
    for (const json::value& trial : *array_member(*report, "trials"))
        if (string_member(trial, "outcome") == "kept") {
            EXPECT_GE(integer_member(trial, "rounds").value_or(0), 3);
            EXPECT_GT(trial.at("gain").at("low").as_double(), 1);
        }
    const os::Exit shown = hearth({"show", kModel});
    if (bool_member(*report, "kept") == true) {
        EXPECT_THAT(shown.out, HasSubstr("found by hearth tune"));
    } else {
        EXPECT_THAT(shown.out, Not(HasSubstr("found by hearth tune")));
    }
}

TEST_F(TuneVerb, NothingToForgetIsSaidAndAnUnknownModelIsAnError) {
    EXPECT_EQ(hearth({"tune", kModel, "--reset", "--json"}).out, "{\"forgotten\":false}\n");
    EXPECT_EQ(hearth({"tune", "no-such-model"}).code, 3);
}

TEST_F(TuneVerb, WhatIsKeptIsShownAndForgotten) {
    // By hand, for the machine that another result names.
    const os::Exit exit = hearth({"tune", kModel, "--seconds", "20", "--json"});
    const auto report = parse_json(exit.out);
    ASSERT_TRUE(report) << exit.out << exit.err;
    json::object record;
    record["machine"] = report->at("machine");
    record["model"] = report->at("model_key");
    record["name"] = kModel;
    record["engine"] = report->at("engine");
    record["settings"] = json::object{{"batch", 256}};
    record["gain"] = "batch 256: 1.20 x";
    json::object book;
    book["version"] = 1;
    book["tunings"] = json::array{record};
    ASSERT_TRUE(os::write_file_atomic(home_.path() / "state" / "tuning.json", json::serialize(book)));
    EXPECT_THAT(hearth({"show", kModel}).out, HasSubstr("tuned          batch 256 (found by hearth tune"));
    EXPECT_THAT(hearth({"plan", kModel, "--why"}).out, HasSubstr("batch 256 (found by hearth tune"));
    EXPECT_EQ(hearth({"tune", kModel, "--reset", "--json"}).out, "{\"forgotten\":true}\n");
    EXPECT_THAT(hearth({"show", kModel}).out, Not(HasSubstr("found by hearth tune")));
}

}  // namespace
}  // namespace hearth
