#include "remote/listing.h"

#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "os/files.h"

namespace hearth::remote {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// Each file of tests/data/remote/listings: what a server answers, and beside it (.expected) the kind and the models with windows and hops.
TEST(Listing, ReadsWhatServersSay) {
    const fs::path folder = fs::path(HEARTH_SOURCE_DIR) / "tests/data/remote/listings";
    int cases = 0;
    for (const auto& each : fs::directory_iterator(folder)) {
        if (each.path().extension() != ".json") continue;
        ++cases;
        SCOPED_TRACE(each.path().filename().string());
        const auto listing = parse_listing(*os::read_file(each.path()));
        ASSERT_TRUE(listing) << listing.error().message();
        std::string text = fmt::format("{}\n", kind_words(listing->kind));
        for (const auto& model : listing->models)
            text += fmt::format("{} {} {}\n", model.name, model.context.value, model.hops);
        auto expected = each.path();
        expected.replace_extension(".expected");
        EXPECT_EQ(text, *os::read_file(expected));
    }
    EXPECT_GE(cases, 5);
}

TEST(Listing, AnythingElseIsNone) {
    for (const char* text : {"", "[]", "{}", R"({"data":{}})", "<html>"})
        EXPECT_FALSE(parse_listing(text)) << text;
}

TEST(Listing, NamesThatWouldHarmATerminalAndThoseThatGoRoundAreLeftOut) {
    const auto listing = parse_listing(
        "{\"data\":[{\"id\":\"a\\u001b[2J\"},{\"id\":\"\"},{\"id\":7},{\"id\":\"far\",\"hops\":3},{\"id\":"
        "\"b\"}]}");
    ASSERT_TRUE(listing);
    EXPECT_THAT(listing->models, ElementsAre(ListedModel{.name = "b"}));
}

}  // namespace
}  // namespace hearth::remote
