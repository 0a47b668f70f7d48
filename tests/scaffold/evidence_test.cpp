#include "scaffold/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "agent/session.h"
#include "core/text.h"

namespace hearth::scaffold {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class EvidenceTest : public testing::Test {
protected:
    std::string say(const std::string& text, chat::Role role = chat::Role::kUser) {
        return session_.append({.role = role, .text = text}).value();
    }

    void keep(const std::string& id, const std::string& note = "n") {
        keep_data(evidence_json({.id = id, .source = "a.py", .note = note, .snippet = "A = 1"}));
    }

    void keep_data(const std::string& data) { ASSERT_TRUE(session_.append_custom(kEvidenceEntry, data)); }

    void compact() {
        ASSERT_TRUE(
            session_.append_entry("compaction", R"({"summary":"s","firstKeptEntryId":"","tokensBefore":1})"));
    }

    [[nodiscard]] std::vector<Evidence> pieces() const {
        return evidence_of(session_.entries(), session_.leaf());
    }

    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> out;
        for (const auto& piece : pieces())
            out.push_back(piece.id);
        return out;
    }

    [[nodiscard]] std::string reminder() const {
        return evidence_reminder(session_.entries(), session_.leaf());
    }

    agent::Session session_ = agent::Session::in_memory("/w");
};

TEST_F(EvidenceTest, ABranchHasWhatWasKeptOnIt) {
    const auto root = say("go");
    keep("e1");
    say("left", chat::Role::kAssistant);
    keep("e2");
    ASSERT_TRUE(session_.branch_from(root));
    EXPECT_THAT(ids(), ElementsAre("e1"));
    EXPECT_EQ(next_evidence_id(pieces()), "e2");
    say("taken", chat::Role::kAssistant);
    keep("e2", "another");
    ASSERT_THAT(pieces(), SizeIs(2));
    EXPECT_EQ(pieces()[1].note, "another");
}

TEST_F(EvidenceTest, WhatIsNoEvidenceIsPassedOver) {
    say("go");
    for (const auto* data :
         {"", "{", "[]", "7", R"({"id":7})", R"({"id":"e0","source":"a","snippet":"b"})",
          R"({"id":"e01","source":"a","snippet":"b"})", R"({"id":"e12345","source":"a","snippet":"b"})",
          R"({"id":"e1","source":"","snippet":"b"})", R"({"id":"e1","source":"a","snippet":""})",
          R"({"id":"e1","source":["a"],"snippet":"b"})", "\xff\xfe"})
        keep_data(data);
    ASSERT_TRUE(session_.append_custom(
        "hearth.other", evidence_json({.id = "e1", .source = "a", .note = {}, .snippet = "b"})));
    EXPECT_THAT(pieces(), IsEmpty());
    keep("e3");
    keep("e3", "the same id again");
    EXPECT_THAT(pieces(), SizeIs(1));
    EXPECT_EQ(next_evidence_id(pieces()), "e4");
    keep("e9999");
    EXPECT_EQ(next_evidence_id(pieces()), std::nullopt);
}

TEST_F(EvidenceTest, WhatIsTooLongIsCut) {
    const auto piece = parse_evidence(evidence_json({.id = "e1",
                                                     .source = std::string(5'000, 's'),
                                                     .note = "two\nlines " + std::string(5'000, 'n'),
                                                     .snippet = std::string(5'000, 'x')}));
    ASSERT_TRUE(piece);
    EXPECT_THAT(piece->source, SizeIs(Le(kMostSourceName + 3)));
    EXPECT_THAT(piece->note, AllOf(StartsWith("two lines "), SizeIs(Le(kMostNote + 3))));
    EXPECT_THAT(piece->snippet, SizeIs(kMostSnippet));
}

// A line of the log was damaged: what stood behind it stands behind the line before.
TEST(Evidence, ALostParentLosesNothing) {
    std::vector<agent::Entry> entries(3);
    entries[0].id = "a";
    entries[0].type = entries[1].type = "message";
    entries[1].id = "c";
    entries[1].parent_id = "a";
    entries[2].id = "d";
    entries[2].parent_id = "lost";
    entries[2].type = "custom";
    entries[2].custom_type = kEvidenceEntry;
    entries[2].custom_data = evidence_json({.id = "e1", .source = "a", .note = {}, .snippet = "b"});
    EXPECT_THAT(evidence_of(entries, "c"), SizeIs(1));
    EXPECT_THAT(evidence_of(entries, "a"), IsEmpty());
    EXPECT_THAT(evidence_of(entries, "nowhere"), IsEmpty());
    EXPECT_THAT(evidence_of({}, ""), IsEmpty());
}

TEST(Evidence, AnIdIsUnderstoodAsModelsWriteIt) {
    EXPECT_EQ(evidence_id(" E3 "), "e3");
    EXPECT_EQ(evidence_id("12"), "e12");
    for (const auto* none : {"", "e", "e0", "-1", "e1x", "12345", "three"})
        EXPECT_EQ(evidence_id(none), "") << none;
}

TEST(Evidence, AListHasTheLatestWhereNotAllFit) {
    std::vector<Evidence> pieces;
    for (int i = 1; i <= 9; ++i)
        pieces.push_back({.id = "e" + std::to_string(i), .source = "a.py", .note = "n", .snippet = "s"});
    EXPECT_EQ(evidence_lines(pieces, 24), "[7 earlier ones, from e1 on]\ne8 a.py: n\ne9 a.py: n\n");
    pieces.resize(1);
    EXPECT_EQ(evidence_lines(pieces, 24), "e1 a.py: n\n");
}

TEST_F(EvidenceTest, ACompactionIsFollowedByOneReminder) {
    say("go");
    keep("e1", "why it rounds down");
    EXPECT_EQ(reminder(), "");
    compact();
    const auto words = reminder();
    EXPECT_THAT(words, AllOf(StartsWith("Evidence kept before the conversation was shortened (1; "),
                             HasSubstr("evidence_get"), HasSubstr("e1 a.py: why it rounds down\n")));
    say("an answer that repeats it:\n\n" + words, chat::Role::kAssistant);
    EXPECT_EQ(reminder(), words);
    say("go on\n\n" + words);
    EXPECT_EQ(reminder(), "");
    say("done", chat::Role::kAssistant);
    EXPECT_EQ(reminder(), "");
    compact();
    EXPECT_EQ(reminder(), words);
}

TEST_F(EvidenceTest, WhatWasKeptSinceTheCompactionIsStillInView) {
    say("go");
    compact();
    keep("e1");
    EXPECT_EQ(reminder(), "");
    compact();
    EXPECT_NE(reminder(), "");
}

TEST_F(EvidenceTest, AReminderIsShortHoweverMuchThereIs) {
    say("go");
    for (int i = 1; i <= 150; ++i)
        keep("e" + std::to_string(i), std::string(kMostNote, 'n'));
    compact();
    EXPECT_THAT(reminder(), AllOf(SizeIs(Le(930)), HasSubstr("(150; "), HasSubstr("earlier ones, from e1 on"),
                                  HasSubstr("e150 a.py"), Not(HasSubstr("e100 a.py"))));
}

}  // namespace
}  // namespace hearth::scaffold
