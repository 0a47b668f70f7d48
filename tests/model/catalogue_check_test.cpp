#include "model/catalogue_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/catalogue_entries.h"

namespace hearth::model {
namespace {

using test::catalogue_entry;
using test::delisted;
using test::deprecated;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CatalogueReport report_of(const std::string& text) {
    const std::vector<std::string> shapes{"known-shape"};
    return check_catalogue({parse_catalogue(text, "/c.toml").value()}, shapes);
}

TEST(CatalogueCheck, FindsNothingWhereAllIsRight) {
    const auto report = report_of(catalogue_entry("a", "1b", "shape = \"known-shape\"") +
                                  catalogue_entry("b", "1b", delisted("a:1b"), std::string(64, '2')));
    EXPECT_EQ(report.faults, 0U);
    ASSERT_EQ(report.models.size(), 2U);
    EXPECT_TRUE(report.models[0].shape_known);
    EXPECT_THAT(report.models[0].notes, IsEmpty());
    EXPECT_EQ(report.models[1].lifecycle.replacement, "a:1b");
    EXPECT_TRUE(faults_as_error(report));
}

TEST(CatalogueCheck, TellsEveryFaultAndNotOnlyTheFirst) {
    const auto report = report_of(
        catalogue_entry("a", "1b", "colour = 1") + catalogue_entry("b", "1b", deprecated("gone:1b")) +
        catalogue_entry("c", "1b", "", "123") + catalogue_entry("c", "2b") + catalogue_entry("c", "2b"));
    EXPECT_EQ(report.faults, 4U);
    std::vector<std::string> names;
    for (const auto& each : report.models)
        names.push_back(each.name);
    EXPECT_THAT(names, ElementsAre("a:1b", "b:1b", "c:1b", "c:2b", "c:2b"));
    const auto error = faults_as_error(report).error();
    EXPECT_EQ(error.code(), Code::kInvalidInput);
    for (const char* words : {"unknown key 'colour'", "the successor of b:1b", "64 hexadecimal digits",
                              "'c:2b' is given twice", "/c.toml:11:1"})
        EXPECT_THAT(error.message(), HasSubstr(words));
}

TEST(CatalogueCheck, ASuccessorHasToEndAtAModelThatCanBePulled) {
    const auto report =
        report_of(catalogue_entry("a", "1b", deprecated("b:1b")) + catalogue_entry("b", "1b", delisted("")));
    ASSERT_EQ(report.faults, 1U);
    EXPECT_THAT(report.models[0].faults.front(), HasSubstr("its successor b:1b is delisted"));
}

TEST(CatalogueCheck, ALicenceHasAName) {
    auto text = catalogue_entry("a", "1b");
    text.replace(text.find("MIT"), 3, "Unknown");
    EXPECT_THAT(report_of(text).models[0].faults, ElementsAre(HasSubstr("'Unknown' names no licence")));
    text.replace(text.find("Unknown"), 7, "LicenseRef-Mine");
    const auto own = report_of(text);
    EXPECT_EQ(own.faults, 0U);
    EXPECT_THAT(own.models[0].notes, ElementsAre(HasSubstr("without a licence_note")));
}

TEST(CatalogueCheck, OneFileHasOneSize) {
    const auto report =
        report_of(catalogue_entry("a", "1b") + catalogue_entry("b", "1b", "", {}, "/t.gguf", 11));
    EXPECT_EQ(report.faults, 1U);
    EXPECT_THAT(report.models[1].faults, ElementsAre(HasSubstr("another size")));
}

TEST(CatalogueCheck, NotesWhatMayBeAsItIs) {
    auto text = catalogue_entry("a", "1b", delisted("") + "shape = \"other\"\n");
    text += "[[model.source]]\nkind = \"url\"\nurl = \"http://models.example/a.gguf\"\n";
    const auto report = report_of(text);
    EXPECT_EQ(report.faults, 0U);
    EXPECT_THAT(report.models[0].notes, Contains(HasSubstr("without a successor")));
    EXPECT_THAT(report.models[0].notes, Contains(HasSubstr("no shape 'other'")));
    EXPECT_THAT(report.models[0].notes, Contains(HasSubstr("not encrypted")));
}

}  // namespace
}  // namespace hearth::model
