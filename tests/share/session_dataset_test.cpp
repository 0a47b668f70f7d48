#include "share/session_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"

namespace hearth::share {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SessionDataset, HasDataTracesACardAndHashes) {
    const auto ground = *os::TempDir::create("hearth-session-dataset");
    SharedSession one;
    one.session = {
        .id = "a-1", .lines = "{\"type\":\"session\"}\n", .record = R"({"id":"a-1"})", .messages = 2};
    one.session.found.secrets = 3;
    one.source_sha256 = "5ec";
    auto two = one;
    two.session.id = "../../etc/x";
    const DatasetTerms terms{.folder = ground.path() / "set", .licence = "MIT", .version = "1.2"};
    ASSERT_TRUE(write_session_dataset({one, two}, terms));
    EXPECT_EQ(*os::read_file(terms.folder / "data/sessions.jsonl"), "{\"id\":\"a-1\"}\n{\"id\":\"a-1\"}\n");
    EXPECT_EQ(*os::read_file(terms.folder / "traces/a-1.jsonl"), one.session.lines);
    EXPECT_TRUE(os::read_file(terms.folder / ("traces/" + os::sha256("../../etc/x") + ".jsonl")));
    EXPECT_THAT(*os::read_file(terms.folder / "README.md"),
                AllOf(HasSubstr("license: mit"), HasSubstr("data_files: data/sessions.jsonl"),
                      HasSubstr("2 sessions with 4 messages"), HasSubstr("in 6 places")));
    const auto manifest = *parse_json(*os::read_file(terms.folder / "manifest.json"));
    EXPECT_EQ(string_member(array_member(manifest, "sessions")->at(0), "source_sha256"), "5ec");
    EXPECT_EQ(array_member(manifest, "files")->size(), 4U);
    EXPECT_EQ(write_session_dataset({one}, terms).error().code(), Code::kConflict);
}

}  // namespace
}  // namespace hearth::share
