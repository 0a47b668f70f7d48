// The suites that ship in suites/: every file is read by what will read it for a user.

#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <string>

#include "core/result.h"
#include "eval/retrieval.h"
#include "eval/suite.h"
#include "eval/template.h"
#include "eval/tool_calls.h"
#include "eval/tool_item.h"
#include "os/files.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;

const fs::path kSuites = fs::path(HEARTH_SOURCE_DIR) / "suites";

// Calls `check` with the text of each item of a suite; gives their number.
int for_each_item(const std::string& suite,
                  const std::function<void(const std::string&, const fs::path&)>& check) {
    int count = 0;
    for (const auto& entry : fs::directory_iterator(kSuites / suite)) {
        if (entry.path().extension() != ".toml" || entry.path().filename() == "suite.toml") continue;
        SCOPED_TRACE(entry.path().filename().string());
        const auto text = os::read_file(entry.path());
        EXPECT_TRUE(text);
        if (text) check(*text, entry.path());
        ++count;
    }
    return count;
}

TEST(ShippedSuites, EveryDevelopmentTaskIsRead) {
    const auto suite = load_suite(kSuites / "dev");
    ASSERT_TRUE(suite) << suite.error().message();
    for (const auto& mistake : suite->mistakes)
        ADD_FAILURE() << mistake.message();
    EXPECT_GE(suite->tasks.size(), 60U);
}

TEST(ShippedSuites, EachIsASuiteByItself) {
    for (const std::string name : {"reasoning", "tool-use", "long-context"}) {
        SCOPED_TRACE(name);
        const auto suite = load_suite(kSuites / name);
        ASSERT_TRUE(suite) << suite.error().message();
        for (const auto& mistake : suite->mistakes)
            ADD_FAILURE() << mistake.message();
        EXPECT_EQ(static_cast<int>(suite->tasks.size()),
                  for_each_item(name, [](const std::string&, const fs::path&) {}));
        for (const auto& task : suite->tasks)
            EXPECT_EQ(task.tool_item.has_value(), name == "tool-use") << task.id;
    }
}

TEST(ShippedSuites, EveryReasoningTemplateHasInstancesOfEachVariation) {
    const int count = for_each_item("reasoning", [](const std::string& text, const fs::path& file) {
        const auto parsed = Template::parse(text, file);
        ASSERT_TRUE(parsed) << parsed.error().message();
        for (const Variation variation : parsed->variations()) {
            for (std::uint64_t seed = 1; seed <= 10; ++seed) {
                const auto instance = parsed->instance(variation, seed);
                ASSERT_TRUE(instance) << variation_name(variation) << ": " << instance.error().message();
                EXPECT_FALSE(instance->answer.empty());
            }
        }
    });
    EXPECT_GE(count, 20);
}

TEST(ShippedSuites, EveryLongTextHasInstances) {
    const int count = for_each_item("long-context", [](const std::string& text, const fs::path& file) {
        const auto parsed = Retrieval::parse(text, file);
        ASSERT_TRUE(parsed) << parsed.error().message();
        for (const double depth : {0.0, 0.5, 1.0}) {
            const auto instance = parsed->instance({.characters = 20'000, .depth = depth}, 1);
            ASSERT_TRUE(instance) << instance.error().message();
            EXPECT_GT(instance->prompt.size(), 19'000U);
        }
    });
    EXPECT_GE(count, 8);
}

TEST(ShippedSuites, EveryToolItemIsRead) {
    const int count = for_each_item("tool-use", [](const std::string& text, const fs::path& file) {
        const auto item = parse_tool_item(text, file);
        ASSERT_TRUE(item) << item.error().message();
        EXPECT_EQ(score_calls(*item, {}).passed, item->expected.empty());
        EXPECT_TRUE(score_calls(*item, reference_calls(*item)).passed);
    });
    EXPECT_GE(count, 20);
}

}  // namespace
}  // namespace hearth::eval
