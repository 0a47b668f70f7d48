#include "model/catalogue_update.h"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "model/catalogue_entries.h"
#include "model/catalogue_signature.h"
#include "model/support.h"
#include "net/file_server.h"
#include "net/test_server.h"
#include "os/files.h"

namespace hearth::model {
namespace {

namespace fs = std::filesystem;
using net::test::Peer;
using net::test::TestServer;
using test::catalogue_entry;
using test::delisted;
using test::deprecated;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const os::SigningSeed kSeed{.bytes = {1, 2, 3}};
const os::SigningSeed kOther{.bytes = {4, 5, 6}};

std::string hash(char digit) { return std::string(64, digit); }

// A catalogue of two models.
std::string body(int version, std::string_view more_of_a = "") {
    return fmt::format("version = {}\n", version) + catalogue_entry("a", "1b", more_of_a, hash('a')) +
           catalogue_entry("b", "1b", "", hash('b'));
}

std::string signed_body(int version, std::string_view more_of_a = "") {
    return sign_catalogue(body(version, more_of_a), kSeed);
}

class CatalogueUpdate : public testing::Test {
protected:
    void SetUp() override {
        test::write_file(shipped_ / "s.toml", catalogue_entry("s", "1b", "", hash('5')));
    }

    [[nodiscard]] UpdateRequest request(std::string from) const {
        return {.from = std::move(from),
                .keys = {{.name = "team", .key = os::public_key_of(kSeed)}},
                .folders = {shipped_, file_.parent_path(), own_},
                .file = file_};
    }

    Result<Updated> update(std::string_view text) {
        test::write_file(published_, text);
        return update_catalogue(request(published_.string()), {});
    }

    // The update fails in this way, and what is installed is as it was.
    void expect_refused(const Result<Updated>& updated, Code code, std::string_view words) {
        ASSERT_FALSE(updated);
        EXPECT_EQ(updated.error().code(), code) << updated.error().message();
        EXPECT_THAT(updated.error().message(), HasSubstr(std::string(words)));
        EXPECT_EQ(test::read_all(file_), installed_);
    }

    void install(const std::string& text) {
        const auto updated = update(text);
        ASSERT_TRUE(updated) << updated.error().message();
        installed_ = text;
        EXPECT_EQ(test::read_all(file_), installed_);
    }

    [[nodiscard]] Result<Catalogue> catalogue() const {
        return Catalogue::load({shipped_, file_.parent_path(), own_});
    }

    os::TempDir folder_ = *os::TempDir::create("update");
    fs::path shipped_ = folder_.path() / "shipped";
    fs::path own_ = folder_.path() / "own";
    fs::path published_ = folder_.path() / "published.toml";
    fs::path file_ = update_file(folder_.path() / "data");
    std::string installed_;
};

TEST_F(CatalogueUpdate, IsReadAboveWhatShipsAndBelowOnesOwn) {
    test::write_file(own_ / "o.toml", catalogue_entry("b", "1b", "template_notes = \"mine\"", hash('c')));
    const auto updated = update(
        sign_catalogue(body(3) + catalogue_entry("s", "1b", "template_notes = \"newer\"", hash('5')), kSeed));
    ASSERT_TRUE(updated) << updated.error().message();
    EXPECT_EQ(updated->version, 3);
    EXPECT_EQ(updated->old_version, 0);
    EXPECT_EQ(updated->signer, "team");
    EXPECT_EQ(updated->models, 3U);
    EXPECT_THAT(updated->changes.added, ElementsAre("a:1b"));
    const auto now = catalogue();
    ASSERT_TRUE(now) << now.error().message();
    EXPECT_EQ(now->entries().size(), 3U);
    EXPECT_EQ(now->find("s:1b")->template_notes, "newer");
    EXPECT_EQ(now->find("b:1b")->template_notes, "mine");
}

TEST_F(CatalogueUpdate, SaysWhatIsNewDeprecatedAndDelisted) {
    install(signed_body(1));
    const auto next =
        update(sign_catalogue("version = 2\n" + catalogue_entry("a", "1b", delisted("c:1b"), hash('a')) +
                                  catalogue_entry("c", "1b", "", hash('c')) +
                                  catalogue_entry("s", "1b", deprecated("c:1b"), hash('6')),
                              kSeed));
    ASSERT_TRUE(next) << next.error().message();
    EXPECT_EQ(next->old_version, 1);
    EXPECT_THAT(next->changes.added, ElementsAre("c:1b"));
    EXPECT_THAT(next->changes.removed, ElementsAre("b:1b"));
    EXPECT_THAT(next->changes.changed, ElementsAre("s:1b"));
    ASSERT_EQ(next->changes.delisted.size(), 1U);
    EXPECT_EQ(next->changes.delisted[0].name, "a:1b");
    EXPECT_EQ(next->changes.delisted[0].replacement, "c:1b");
    ASSERT_EQ(next->changes.deprecated.size(), 1U);
    EXPECT_EQ(next->changes.deprecated[0].name, "s:1b");
    const auto back = update(signed_body(3));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_THAT(back->changes.relisted, ElementsAre("a:1b", "s:1b"));
}

TEST_F(CatalogueUpdate, OfTheSameBytesIsNothingToDo) {
    install(signed_body(4));
    const auto again = update(signed_body(4));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(again->was_here);
    EXPECT_THAT(again->changes.added, IsEmpty());
}

TEST_F(CatalogueUpdate, DoesNotGoBack) {
    install(signed_body(4));
    expect_refused(update(signed_body(3)), Code::kConflict, "older than the installed version 4");
    expect_refused(update(signed_body(4, "template_notes = \"x\"")), Code::kConflict,
                   "has to raise 'version'");
    EXPECT_TRUE(forget_update(file_).value());
    EXPECT_FALSE(forget_update(file_).value());
    EXPECT_TRUE(update(signed_body(3))) << "who forgets the newer one means it";
}

TEST_F(CatalogueUpdate, TakesNothingThatNoTrustedKeySigned) {
    expect_refused(update(body(1)), Code::kCorrupt, "no signature at its end");
    expect_refused(update(sign_catalogue(body(1), kOther)), Code::kPermission, "not trusted here");
    auto tampered = signed_body(1);
    tampered.replace(tampered.find("/t.gguf"), 7, "/e.gguf");
    expect_refused(update(tampered), Code::kCorrupt, "changed since");
    const auto whole = signed_body(1);
    expect_refused(update(whole.substr(0, whole.size() - 40)), Code::kCorrupt, "cut off");
    expect_refused(update(""), Code::kCorrupt, "no signature");
}

TEST_F(CatalogueUpdate, TakesNothingWithAFault) {
    install(signed_body(1));
    const auto sign = [](const std::string& text) { return sign_catalogue(text, kSeed); };
    expect_refused(update(sign(catalogue_entry("a", "1b"))), Code::kInvalidInput, "it has no version");
    expect_refused(update(sign("version = 2\n")), Code::kInvalidInput, "'model' must be one or more tables");
    expect_refused(update(sign("version = 0\n" + catalogue_entry("a", "1b"))), Code::kInvalidInput,
                   "above 0");
    expect_refused(update(signed_body(2, "colour = 1")), Code::kInvalidInput, "unknown key 'colour'");
    expect_refused(update(signed_body(2, deprecated("s:1b"))), Code::kInvalidInput, "no model 's:1b'");
    expect_refused(update(sign("version = 2\n" + catalogue_entry("a", "1b", "", {}, "t.gguf"))),
                   Code::kInvalidInput, "given from the catalogue's own folder");
}

TEST_F(CatalogueUpdate, DoesNotTakeASuccessorFromOnesOwnEntries) {
    install(signed_body(1));
    test::write_file(own_ / "o.toml", catalogue_entry("mine", "1b", deprecated("b:1b"), hash('d')));
    expect_refused(update(sign_catalogue("version = 2\n" + catalogue_entry("a", "1b", "", hash('a')), kSeed)),
                   Code::kInvalidInput, "does not go with the other catalogues here");
    EXPECT_TRUE(catalogue()) << "all verbs still work";
}

TEST_F(CatalogueUpdate, ReplacesOneThatIsBroken) {
    install(signed_body(7));
    test::write_file(file_, "[[model");
    const auto updated = update(signed_body(1));
    ASSERT_TRUE(updated) << updated.error().message();
    EXPECT_TRUE(catalogue());
}

TEST_F(CatalogueUpdate, ComesOverHttp) {
    net::test::FileSite site;
    site.content = signed_body(1);
    const TestServer server([&](Peer& peer) { site.serve(peer); });
    const auto updated = update_catalogue(request(server.url("/catalogue.toml")), {});
    ASSERT_TRUE(updated) << updated.error().message();
    EXPECT_EQ(test::read_all(file_), site.content);
}

TEST_F(CatalogueUpdate, OfAServerThatFailsLeavesTheOldOne) {
    install(signed_body(1));
    // A server an answer: it may still be reading its own when the client has seen enough.
    const auto expect_refused_of = [&](const std::string& answer, Code code, std::string_view words) {
        const TestServer server([&](Peer& peer) {
            peer.read_request();
            peer.send(answer);
        });
        expect_refused(update_catalogue(request(server.url("/c")), {}), code, words);
    };
    expect_refused_of(net::test::status_answer(404), Code::kNotFound, "/c");
    const auto next = signed_body(2);
    const std::string half = next.substr(0, next.size() / 2);
    const std::string head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    expect_refused_of(fmt::format("{}Content-Length: {}\r\n\r\n{}", head, next.size(), half),
                      Code::kUnavailable, "");
    expect_refused_of(head + "\r\n" + half, Code::kCorrupt, "cut off");
    expect_refused_of(head + "\r\n" + std::string(kMostCatalogueBytes + 1, '#'), Code::kTooLarge,
                      "longer than");
}

TEST_F(CatalogueUpdate, OfAPathSaysWhatIsWrongWithIt) {
    expect_refused(update_catalogue(request("models.example/c.toml"), {}), Code::kNotFound,
                   "an address begins with https://");
    test::write_file(published_, std::string(kMostCatalogueBytes + 1, '#'));
    expect_refused(update_catalogue(request(published_.string()), {}), Code::kTooLarge,
                   "larger than the limit");
}

TEST_F(CatalogueUpdate, OnADiskThatTakesNoMoreLeavesTheOldOne) {
    install(signed_body(1));
    test::write_file(published_, signed_body(2));
    const auto before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit limit{.rlim_cur = 100, .rlim_max = old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto updated = update_catalogue(request(published_.string()), {});
    ::setrlimit(RLIMIT_FSIZE, &old);
    (void)std::signal(SIGXFSZ, before);
    expect_refused(updated, Code::kTooLarge, "cannot write");
    install(signed_body(2));
}

TEST_F(CatalogueUpdate, WaitsForNoOther) {
    install(signed_body(1));
    const auto lock = os::FileLock::try_acquire(file_.parent_path() / "lock");
    ASSERT_TRUE(lock);
    expect_refused(update(signed_body(2)), Code::kConflict, "right now");
    EXPECT_EQ(forget_update(file_).error().code(), Code::kConflict);
}

TEST_F(CatalogueUpdate, ClearsAwayWhatAKillLeft) {
    test::write_file(file_.parent_path() / ".hearth-0123456789abcdef.tmp", "half of it");
    install(signed_body(1));
    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(file_.parent_path()))
        names.push_back(each.path().filename().string());
    EXPECT_THAT(names, testing::UnorderedElementsAre("catalogue.toml", "lock"));
}

}  // namespace
}  // namespace hearth::model
