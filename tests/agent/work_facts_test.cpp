#include "agent/work_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <list>
#include <string>

namespace hearth::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class WorkFactsTest : public testing::Test {
protected:
    void call(const std::string& name, const std::string& arguments, bool fails, const std::string& output) {
        const auto id = "c" + std::to_string(++calls_);
        add({.role = chat::Role::kAssistant, .tool_calls = {{id, name, arguments}}}, false);
        add({.role = chat::Role::kTool, .text = output, .tool_call_id = id}, fails);
    }

    void add(chat::Message message, bool fails) {
        auto& entry = entries_.emplace_back();
        entry.type = "message";
        entry.facts.is_error = fails;
        items_.push_back({&entry, std::move(message)});
    }

    std::list<Entry> entries_;
    std::vector<ContextItem> items_;
    int calls_ = 0;
};

TEST_F(WorkFactsTest, FilesAreReadOrChanged) {
    call("read", R"({"path":"a.py"})", false, "");
    call("read", R"({"path":"b.py"})", false, "");
    call("edit", R"({"path":"b.py"})", false, "");
    const auto facts = work_facts(items_);
    EXPECT_THAT(facts.read_files, ElementsAre("a.py"));
    EXPECT_THAT(facts.modified_files, ElementsAre("b.py"));
}

TEST_F(WorkFactsTest, AFailureIsOpenUntilTheCommandSucceeds) {
    call("bash", R"({"command":"make"})", true, "error 1");
    call("bash", R"({"command":"make test"})", true, "1 of 3 fails");
    call("bash", R"({"command":"make"})", false, "");
    const auto facts = work_facts(items_);
    ASSERT_THAT(facts.open_failures, SizeIs(1));
    EXPECT_EQ(facts.open_failures[0].command, "make test");
    EXPECT_THAT(fact_words(facts, 2000), HasSubstr("1 of 3 fails"));
}

TEST_F(WorkFactsTest, ThePlanIsTheLastListOfSteps) {
    add({.role = chat::Role::kAssistant, .text = "Plan:\n1. look\n2. mend\nso be it"}, false);
    add({.role = chat::Role::kAssistant, .text = "1. only one"}, false);
    const auto facts = work_facts(items_);
    EXPECT_EQ(facts.plan, "1. look\n2. mend\n");
    EXPECT_EQ(facts.last_words, "1. only one");
}

TEST_F(WorkFactsTest, AnEarlierCompactionIsCarriedOn) {
    add({.text = "mend it"}, false);
    call("edit", R"({"path":"new.py"})", false, "");
    call("bash", R"({"command":"make"})", true, "error 1");
    Entry compaction;
    compaction.type = "compaction";
    compaction.json = R"({"details":)" + facts_json(work_facts(items_)) + "}";
    const auto facts = work_facts({{&compaction, {.text = "summary"}}});
    EXPECT_THAT(facts.modified_files, ElementsAre("new.py"));
    EXPECT_EQ(facts.task, "mend it");
    ASSERT_THAT(facts.open_failures, SizeIs(1));
    EXPECT_EQ(facts.open_failures[0].output, "error 1");
}

TEST_F(WorkFactsTest, WordsAreCutToTheirRoom) {
    add({.text = std::string(100'000, 'x')}, false);
    EXPECT_LT(fact_words(work_facts(items_), 3000).size(), 3000U);
}

}  // namespace
}  // namespace hearth::agent
