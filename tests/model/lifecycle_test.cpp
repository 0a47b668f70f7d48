#include "model/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/catalogue.h"
#include "model/catalogue_entries.h"
#include "model/pull.h"
#include "model/pull_choice.h"
#include "model/support.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using test::catalogue_entry;
using test::delisted;
using test::deprecated;
using testing::HasSubstr;
using testing::IsEmpty;

Result<Catalogue> catalogue_of(std::string_view text) {
    return Catalogue::from_layers({TRY(parse_catalogue(text, "/c/c.toml"))});
}

std::string mistake(std::string_view text) {
    const auto catalogue = catalogue_of(text);
    return catalogue ? "(none)" : catalogue.error().message();
}

std::string replacement(const Catalogue& catalogue, std::string_view name) {
    return catalogue.lifecycle_of(catalogue.find(name).value()).replacement;
}

TEST(Lifecycle, IsCurrentWhereNothingIsSaid) {
    const auto catalogue = catalogue_of(catalogue_entry("a", "1b"));
    ASSERT_TRUE(catalogue) << catalogue.error().message();
    const auto known = catalogue->lifecycle_of(catalogue->entries().front());
    EXPECT_EQ(known.lifecycle, Lifecycle{});
    EXPECT_THAT(lifecycle_warning(known), IsEmpty());
}

TEST(Lifecycle, TellsWhatToTakeInstead) {
    const auto catalogue = catalogue_of(catalogue_entry("a", "1b", delisted("b:1b")) +
                                        catalogue_entry("b", "1b", deprecated("sea")) +
                                        catalogue_entry("c", "1b", "aliases = [\"sea\"]"));
    ASSERT_TRUE(catalogue) << catalogue.error().message();
    EXPECT_EQ(catalogue->find("b:1b")->lifecycle.successor, "c:1b")
        << "an alias is the name that it stands for";
    EXPECT_EQ(replacement(*catalogue, "a:1b"), "c:1b") << "at the end of the chain";
    EXPECT_EQ(replacement(*catalogue, "c:1b"), "");
    const auto known = catalogue->lifecycle_of(*catalogue->find("a:1b"));
    EXPECT_EQ(
        lifecycle_warning(known),
        "a:1b has been delisted since 2026-03-31: Its makers took it back. What is installed keeps running. "
        "Its successor is c:1b: hearth pull c:1b");
    EXPECT_EQ(lifecycle_warning(catalogue->lifecycle_of(*catalogue->find("b:1b"))),
              "b:1b is deprecated. Its successor is c:1b: hearth pull c:1b");
    EXPECT_EQ(delisted_error(known).code(), Code::kPermission);
}

TEST(Lifecycle, TakesADeprecatedSuccessorWhereTheNextIsGone) {
    const auto catalogue = catalogue_of(catalogue_entry("a", "1b", delisted("b:1b")) +
                                        catalogue_entry("b", "1b", deprecated("c:1b")) +
                                        catalogue_entry("c", "1b", delisted("")));
    ASSERT_TRUE(catalogue) << catalogue.error().message();
    EXPECT_EQ(replacement(*catalogue, "a:1b"), "b:1b");
    EXPECT_EQ(replacement(*catalogue, "b:1b"), "");
}

TEST(Lifecycle, ASuccessorHasToBeThere) {
    const auto text = catalogue_entry("a", "1b", deprecated("b:1b"));
    EXPECT_THAT(mistake(text), testing::StartsWith("/c/c.toml:12:13: the successor of a:1b: "));
    EXPECT_THAT(mistake(text), HasSubstr("there is no model 'b:1b'"));
    EXPECT_THAT(mistake(catalogue_entry("a", "1b", deprecated("b")) + catalogue_entry("b", "1b") +
                        catalogue_entry("b", "2b")),
                HasSubstr("say which"));
}

TEST(Lifecycle, SuccessorsDoNotGoInACircle) {
    EXPECT_THAT(mistake(catalogue_entry("a", "1b", deprecated("a:1b"))), HasSubstr("circle: a:1b -> a:1b"));
    const auto circle =
        catalogue_entry("b", "1b", deprecated("c:1b")) + catalogue_entry("c", "1b", delisted("b:1b"));
    EXPECT_THAT(mistake(circle), HasSubstr("circle: b:1b -> c:1b -> b:1b"));
    const auto into = catalogue_entry("a", "1b", delisted("b:1b")) + circle;
    EXPECT_THAT(mistake(into), HasSubstr("circle: b:1b -> c:1b -> b:1b"));
    const auto merged = Catalogue::merged({parse_catalogue(into, "c.toml").value()});
    EXPECT_EQ(replacement(merged, "a:1b"), "b:1b") << "ends, whatever comes of it";
    std::string chain;
    for (int i = 0; i < 40; ++i)
        chain += catalogue_entry("m", fmt::format("{}b", i), deprecated(fmt::format("m:{}b", i + 1)));
    EXPECT_THAT(mistake(chain + catalogue_entry("m", "40b")), HasSubstr("more than 32 successors"));
}

TEST(Lifecycle, AnEntryOfOnesOwnMayHaveASuccessorThatShips) {
    const auto shipped = parse_catalogue(catalogue_entry("a", "1b"), "/shipped.toml").value();
    const auto own = parse_catalogue(catalogue_entry("mine", "1b", deprecated("a:1b")), "/own.toml").value();
    EXPECT_TRUE(Catalogue::from_layers({shipped, own}));
    EXPECT_FALSE(Catalogue::from_layers({own}));
}

TEST(Lifecycle, ANameWithoutATagIsNotADelistedModel) {
    const auto catalogue =
        catalogue_of(catalogue_entry("a", "1b", delisted("")) + catalogue_entry("a", "2b"));
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(catalogue->find("a")->name, "a:2b");
    EXPECT_EQ(catalogue->find("a:1b")->name, "a:1b");
}

TEST(Lifecycle, IsThatOfTheFileWhateverItIsCalled) {
    const auto one = std::string(64, '1');
    const auto catalogue = catalogue_of(catalogue_entry("new", "1b", "", one) +
                                        catalogue_entry("old", "1b", delisted("new:1b"), one));
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(catalogue->entry_of("old:1b", one)->name, "old:1b");
    EXPECT_EQ(catalogue->entry_of("mine", one)->name, "new:1b");
    EXPECT_EQ(catalogue->entry_of("old:1b", std::string(64, '2')), nullptr) << "other bytes under its name";
}

// A catalogue with one delisted model that can be copied from a file.
class DelistedPull : public testing::Test {
protected:
    void SetUp() override {
        test::write_file(folder_.path() / "m.gguf", content_);
        write(delisted("b:1b"));
    }

    void write(std::string_view lifecycle) const {
        test::write_file(folder_.path() / "c/c.toml",
                         catalogue_entry("a", "1b", lifecycle, os::sha256(content_),
                                         (folder_.path() / "m.gguf").string(), content_.size()) +
                             catalogue_entry("b", "1b"));
    }

    [[nodiscard]] Result<Pulled> get() const {
        const auto choice = TRY(choose_pull("a:1b", {folder_.path() / "c"}));
        auto request = TRY(resolve_pull(choice, store_, {}));
        request.rehash = true;
        return pull(request, store_, {}, {});
    }

    os::TempDir folder_ = *os::TempDir::create("delisted");
    std::string content_ = test::small_model();
    ModelStore store_{folder_.path() / "models"};
};

TEST_F(DelistedPull, IsRefusedWithReasonDateAndSuccessor) {
    const auto pulled = get();
    ASSERT_FALSE(pulled);
    EXPECT_EQ(pulled.error().code(), Code::kPermission);
    for (const char* words :
         {"2026-03-31", "Its makers took it back", "cannot be pulled", "hearth pull b:1b"})
        EXPECT_THAT(pulled.error().message(), HasSubstr(words));
    EXPECT_THAT(store_.list().value(), IsEmpty());
}

TEST_F(DelistedPull, OfWhatIsInstalledIsFineAndRepairsIt) {
    write("");
    const auto installed = get();
    ASSERT_TRUE(installed) << installed.error().message();
    write(delisted("b:1b"));
    const auto again = get();
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->was_here);
    auto damaged = content_;
    damaged.back() = '!';
    test::write_file(installed->model.file, damaged);
    const auto repaired = get();
    ASSERT_TRUE(repaired) << repaired.error().message();
    EXPECT_FALSE(repaired->was_here);
    EXPECT_EQ(test::read_all(repaired->model.file), content_);
}

}  // namespace
}  // namespace hearth::model
