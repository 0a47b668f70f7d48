#include "engine/verdicts.h"

#include <fstream>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::engine {
namespace {

struct Fixture {
    os::TempDir folder = *os::TempDir::create("verdicts");
    std::filesystem::path file = folder.path() / "state" / "engine-verdicts.json";
    EngineBuild build{.id = "llama.cpp-0.5.0", .server = "/proc/self/exe", .variants = {{.name = "zen4"}}};

    [[nodiscard]] Verdict verdict(Verdict::Outcome outcome) const {
        return {.engine = build.id,
                .server = build.server.string(),
                .variant = "zen4",
                .fingerprint = "f1",
                .machine = "m1",
                .outcome = outcome,
                .reason = "killed by signal 4 \xff",
                .model = "small.gguf",
                .seconds = 1.5,
                .unix_time = 1'700'000'000};
    }
};

TEST(Verdicts, AreKeptAndFoundAgain) {
    const Fixture fixture;
    VerdictBook book = VerdictBook::load(fixture.file);
    EXPECT_EQ(book.find(fixture.build, fixture.build.variants[0], "f1", "m1"), nullptr);
    ASSERT_TRUE(book.record(fixture.verdict(Verdict::Outcome::kFailed)));
    const VerdictBook again = VerdictBook::load(fixture.file);
    const Verdict* found = again.find(fixture.build, fixture.build.variants[0], "f1", "m1");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->outcome, Verdict::Outcome::kFailed);
    EXPECT_EQ(found->reason, "killed by signal 4 \xef\xbf\xbd");
    EXPECT_EQ(found->model, "small.gguf");
    EXPECT_DOUBLE_EQ(found->seconds, 1.5);
    EXPECT_EQ(found->unix_time, 1'700'000'000);
}

TEST(Verdicts, DoNotHoldForAnotherBuildOrMachine) {
    const Fixture fixture;
    VerdictBook book = VerdictBook::load(fixture.file);
    ASSERT_TRUE(book.record(fixture.verdict(Verdict::Outcome::kPassed)));
    EXPECT_EQ(book.find(fixture.build, fixture.build.variants[0], "f2", "m1"), nullptr);
    EXPECT_EQ(book.find(fixture.build, fixture.build.variants[0], "f1", "m2"), nullptr);
    EXPECT_EQ(book.find(fixture.build, {.name = "x64"}, "f1", "m1"), nullptr);
}

TEST(Verdicts, ANewOneTakesThePlaceOfTheOld) {
    const Fixture fixture;
    VerdictBook book = VerdictBook::load(fixture.file);
    ASSERT_TRUE(book.record(fixture.verdict(Verdict::Outcome::kPassed)));
    ASSERT_TRUE(book.record(fixture.verdict(Verdict::Outcome::kFailed)));
    EXPECT_EQ(book.all().size(), 1U);
    EXPECT_EQ(book.all()[0].outcome, Verdict::Outcome::kFailed);
}

TEST(Verdicts, OfAnotherProcessAreNotLost) {
    const Fixture fixture;
    VerdictBook first = VerdictBook::load(fixture.file);
    VerdictBook second = VerdictBook::load(fixture.file);
    Verdict other = fixture.verdict(Verdict::Outcome::kPassed);
    other.variant = "x64";
    ASSERT_TRUE(first.record(other));
    ASSERT_TRUE(second.record(fixture.verdict(Verdict::Outcome::kPassed)));
    EXPECT_EQ(VerdictBook::load(fixture.file).all().size(), 2U);
}

TEST(Verdicts, ADamagedFileCountsAsEmpty) {
    const Fixture fixture;
    std::filesystem::create_directories(fixture.file.parent_path());
    for (const char* text :
         {"", "{", "[1,2]", "{\"version\":2,\"verdicts\":[]}", "{\"version\":1,\"verdicts\":{}}",
          "{\"version\":1,\"verdicts\":[1,{\"server\":\"a\"},{\"outcome\":\"passed\"}]}"}) {
        std::ofstream(fixture.file) << text;
        EXPECT_TRUE(VerdictBook::load(fixture.file).all().empty()) << text;
    }
}

}  // namespace
}  // namespace hearth::engine
