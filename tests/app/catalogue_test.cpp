#include <chrono>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "model/catalogue_entries.h"
#include "model/support.h"
#include "net/file_server.h"
#include "net/test_server.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using model::test::catalogue_entry;
using model::test::delisted;
using model::test::deprecated;
using model::test::read_all;
using model::test::small_model;
using model::test::write_file;
using testing::HasSubstr;
using testing::Not;

// `hearth catalogue`, and what other verbs make of a model's lifecycle, as a person sees it, in a home of their own.
class CatalogueVerbs : public testing::Test {
protected:
    void SetUp() override { write_file(home_.path() / "m.gguf", content_); }

    [[nodiscard]] os::Command command(const std::vector<std::string>& words) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        command.argv.insert(command.argv.end(), words.begin(), words.end());
        command.environment = os::environment_of({"PATH"});
        command.environment.emplace_back("HEARTH_HOME", home_.path().string());
        command.directory = home_.path();
        return command;
    }

    [[nodiscard]] os::Exit hearth(const std::vector<std::string>& words) const {
        auto exit = os::run(command(words));
        EXPECT_TRUE(exit) << exit.error().message();
        return std::move(*exit);
    }

    [[nodiscard]] json::value parsed(const std::vector<std::string>& words) const {
        const auto exit = hearth(words);
        return parse_json(exit.out).value();
    }

    // The model whose file is in the home, and its successor that nobody has.
    [[nodiscard]] std::string models(std::string_view lifecycle) const {
        return catalogue_entry("old", "1b", lifecycle, os::sha256(content_),
                               (home_.path() / "m.gguf").string(), content_.size()) +
               catalogue_entry("new", "1b", "", std::string(64, 'e'));
    }

    void own(std::string_view lifecycle) const {
        write_file(home_.path() / "config/catalogue/c.toml", models(lifecycle));
    }

    // Makes the keys of a team, and trusts them where `trusted`.
    void make_keys(bool trusted) const {
        const auto made = hearth({"catalogue", "keygen", "team"});
        ASSERT_TRUE(made.ok()) << made.err;
        if (trusted)
            write_file(home_.path() / "config/catalogue-keys/team.pub", read_all(home_.path() / "team.pub"));
    }

    void publish(int version, std::string_view lifecycle) const {
        write_file(published_, fmt::format("version = {}\n", version) + models(lifecycle));
        const auto done = hearth({"catalogue", "sign", published_.string(), "--key", "team.key"});
        ASSERT_TRUE(done.ok()) << done.err;
    }

    os::TempDir home_ = *os::TempDir::create("hearth-catalogue-test");
    std::string content_ = small_model();
    fs::path published_ = home_.path() / "published.toml";
    fs::path file_ = home_.path() / "data/catalogue/catalogue.toml";
};

TEST_F(CatalogueVerbs, ADeprecatedModelIsPulledWithAWarning) {
    own(deprecated("new:1b"));
    const auto pulled = hearth({"pull", "old"});
    ASSERT_TRUE(pulled.ok()) << pulled.err;
    EXPECT_THAT(pulled.err, HasSubstr("old:1b is deprecated. Its successor is new:1b: hearth pull new:1b"));
    const auto again = parsed({"pull", "old", "--json"});
    EXPECT_EQ(again.at("status"), "deprecated");
    EXPECT_EQ(again.at("replacement"), "new:1b");
    EXPECT_THAT(hearth({"list"}).out, HasSubstr("deprecated, then new:1b"));
}

TEST_F(CatalogueVerbs, ADelistedModelIsNotPulledAndTheErrorSaysWhy) {
    own(delisted("new:1b"));
    const auto pulled = hearth({"pull", "old:1b", "--json"});
    EXPECT_EQ(pulled.code, 4);
    for (const char* words : {"2026-03-31", "Its makers took it back", "hearth pull new:1b"})
        EXPECT_THAT(pulled.err, HasSubstr(words));
    const auto refused = parse_json(pulled.out).value();
    EXPECT_EQ(refused.at("status"), "delisted");
    EXPECT_EQ(refused.at("status_since"), "2026-03-31");
    EXPECT_EQ(refused.at("status_reason"), "Its makers took it back");
    EXPECT_EQ(refused.at("successor"), "new:1b");
    EXPECT_THAT(hearth({"list", "--all"}).out, testing::AllOf(HasSubstr("new:1b"), Not(HasSubstr("old:1b"))));
    EXPECT_THAT(hearth({"show", "old:1b"}).out, HasSubstr("no, and it cannot be pulled any more"));
    const auto run = hearth({"run", "old:1b", "Hi"});
    EXPECT_EQ(run.code, 4);
    EXPECT_THAT(run.err, HasSubstr("hearth pull new:1b"));
}

TEST_F(CatalogueVerbs, ADelistedModelThatIsInstalledIsMarkedAndStays) {
    own("");
    ASSERT_TRUE(hearth({"pull", "old:1b"}).ok());
    EXPECT_THAT(hearth({"list"}).out, Not(HasSubstr("STATUS"))) << "nothing to say, no column";
    own(delisted("new:1b"));
    EXPECT_THAT(hearth({"list"}).out,
                testing::AllOf(HasSubstr("STATUS"), HasSubstr("delisted, then new:1b")));
    EXPECT_EQ(parsed({"list", "--json"}).at_pointer("/0/status"), "delisted");
    const auto shown = hearth({"show", "old:1b"});
    EXPECT_THAT(shown.out, HasSubstr("delisted since 2026-03-31"));
    EXPECT_THAT(shown.out, HasSubstr("m.gguf")) << "it is there";
    const auto again = hearth({"pull", "old:1b"});
    ASSERT_TRUE(again.ok()) << again.err;
    EXPECT_THAT(again.out, HasSubstr("already installed"));
    EXPECT_THAT(again.err, HasSubstr("What is installed keeps running"));
}

TEST_F(CatalogueVerbs, ABrokenCatalogueDoesNotHideWhatIsInstalled) {
    own("");
    ASSERT_TRUE(hearth({"pull", "old:1b"}).ok());
    own("status = \"gone\"");
    const auto listed = hearth({"list"});
    EXPECT_TRUE(listed.ok());
    EXPECT_THAT(listed.out, HasSubstr("old:1b"));
    EXPECT_THAT(listed.err, HasSubstr("unknown status 'gone'"));
    EXPECT_EQ(hearth({"list", "--all"}).code, 2);
}

TEST_F(CatalogueVerbs, ScoresAreShownWithTheirSource) {
    own("scores = [{ name = \"HumanEval\", value = 12.5, source = \"https://models.example/card\" }]");
    EXPECT_THAT(hearth({"show", "old:1b"}).out,
                HasSubstr("HumanEval 12.5 (published: https://models.example/card)"));
    EXPECT_EQ(parsed({"show", "old:1b", "--json"}).at_pointer("/scores/0/value"), 12.5);
}

TEST_F(CatalogueVerbs, VerifyFindsWhatIsWrong) {
    const auto in_use = hearth({"catalogue", "verify"});
    EXPECT_TRUE(in_use.ok()) << in_use.out << in_use.err;
    EXPECT_THAT(in_use.out, HasSubstr("4 models, 0 faults"));
    write_file(published_, models(deprecated("gone")) + catalogue_entry("x", "1b", "size_ = 3"));
    const auto wrong = hearth({"catalogue", "verify", published_.string()});
    EXPECT_EQ(wrong.code, 1);
    EXPECT_THAT(wrong.out, HasSubstr("published.toml:12:13: the successor of old:1b"));
    EXPECT_THAT(wrong.out, HasSubstr("unknown key 'size_'"));
    EXPECT_THAT(wrong.out, HasSubstr("3 models, 2 faults"));
    const auto report = parsed({"catalogue", "verify", published_.string(), "--json"});
    EXPECT_EQ(report.at("faults"), 2);
    EXPECT_EQ(report.at_pointer("/models/0/name"), "new:1b");
    write_file(published_, "[[model");
    EXPECT_EQ(hearth({"catalogue", "verify", home_.path().string()}).code, 1)
        << "a folder with a file that is no TOML";
    EXPECT_EQ(hearth({"catalogue", "verify", "absent.toml"}).code, 3);
}

TEST_F(CatalogueVerbs, KeygenMakesASecretThatIsNeverShown) {
    const auto made = hearth({"catalogue", "keygen", "team"});
    ASSERT_TRUE(made.ok()) << made.err;
    struct stat facts{};
    ASSERT_EQ(::stat((home_.path() / "team.key").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    const auto secret = read_all(home_.path() / "team.key");
    EXPECT_THAT(made.out + made.err, Not(HasSubstr(secret.substr(secret.find(' ') + 1, 16))));
    EXPECT_EQ(hearth({"catalogue", "keygen", "team"}).code, 4) << "it overwrites no key";
    EXPECT_EQ(read_all(home_.path() / "team.key"), secret);
}

TEST_F(CatalogueVerbs, UpdateComesFromAWebServerThatConfigNames) {
    make_keys(true);
    publish(1, "");
    net::test::FileSite site;
    site.content = read_all(published_);
    const net::test::TestServer server([&](net::test::Peer& peer) { site.serve(peer); });
    const auto unsaid = hearth({"catalogue", "update"});
    EXPECT_EQ(unsaid.code, 2);
    EXPECT_THAT(unsaid.err, HasSubstr("[catalogue]"));
    write_file(home_.path() / "config/config.toml",
               "[serve]\ncontext = 4096\n[catalogue]\nurl = \"" + server.url("/c.toml") + "\"\n");
    const auto updated = hearth({"catalogue", "update"});
    ASSERT_TRUE(updated.ok()) << updated.err;
    EXPECT_THAT(updated.out, HasSubstr("version 1 now: 2 models, signed by team"));
    EXPECT_THAT(updated.out, HasSubstr("new           old:1b"));
    ASSERT_TRUE(hearth({"pull", "old:1b"}).ok());
    EXPECT_THAT(hearth({"catalogue", "update"}).out, HasSubstr("up to date: version 1"));
    publish(2, delisted("new:1b"));
    site.content = read_all(published_);
    const auto next = hearth({"catalogue", "update"});
    ASSERT_TRUE(next.ok()) << next.err;
    EXPECT_THAT(next.out, HasSubstr("delisted      old:1b, then new:1b (installed here: it keeps running)"));
    EXPECT_THAT(hearth({"list"}).out, HasSubstr("delisted, then new:1b"));
    EXPECT_THAT(hearth({"catalogue", "verify"}).out, HasSubstr("version 2\nsigned by team"));
    EXPECT_TRUE(hearth({"serve", "--print-config"}).ok()) << "[catalogue] is no mistake there";
    EXPECT_TRUE(hearth({"catalogue", "rm"}).ok());
    EXPECT_EQ(hearth({"show", "new:1b"}).code, 3);
}

TEST_F(CatalogueVerbs, UpdateTrustsOnlyWhomItWasToldTo) {
    make_keys(false);
    publish(1, "");
    const auto from = published_.string();
    const auto none = hearth({"catalogue", "update", "--from", from});
    EXPECT_EQ(none.code, 2);
    EXPECT_THAT(none.err, HasSubstr("no key is trusted yet"));
    EXPECT_EQ(hearth({"catalogue", "update", "--from", from, "--key", "team.key"}).code, 2)
        << "the secret one";
    const auto once = hearth({"catalogue", "update", "--from", from, "--key", "team.pub", "--json"});
    ASSERT_TRUE(once.ok()) << once.err;
    EXPECT_EQ(parse_json(once.out).value().at("version"), 1);
    ASSERT_TRUE(hearth({"catalogue", "keygen", "other"}).ok());
    publish(2, "");
    EXPECT_EQ(hearth({"catalogue", "update", "--from", from, "--key", "other.pub"}).code, 4);
    write_file(published_, read_all(published_) + "\n");
    const auto torn = hearth({"catalogue", "update", "--from", from, "--key", "team.pub"});
    EXPECT_EQ(torn.code, 8);
    EXPECT_EQ(hearth({"catalogue", "verify", from}).code, 0) << "a file that nobody signed may be right";
}

TEST_F(CatalogueVerbs, SignRefusesWhatNobodyCouldUse) {
    make_keys(false);
    write_file(published_, models(""));
    const auto no_version = hearth({"catalogue", "sign", published_.string(), "--key", "team.key"});
    EXPECT_EQ(no_version.code, 2);
    EXPECT_THAT(no_version.err, HasSubstr("version = 1"));
    EXPECT_EQ(read_all(published_), models("")) << "it is as it was";
    ASSERT_EQ(::chmod((home_.path() / "team.key").c_str(), 0644), 0);
    EXPECT_EQ(hearth({"catalogue", "sign", published_.string(), "--key", "team.key"}).code, 4);
}

// Killed at any moment, an update has happened or has not.
TEST_F(CatalogueVerbs, AKilledUpdateLeavesTheOldOneOrTheNewOne) {
    make_keys(true);
    publish(1, "");
    ASSERT_TRUE(hearth({"catalogue", "update", "--from", published_.string()}).ok());
    auto old_text = read_all(file_);
    for (int version = 2; version < 14; ++version) {
        publish(version, version % 2 == 0 ? delisted("new:1b") : "");
        const auto new_text = read_all(published_);
        auto child = os::Child::start(command({"catalogue", "update", "--from", published_.string()}));
        ASSERT_TRUE(child) << child.error().message();
        std::this_thread::sleep_for(std::chrono::milliseconds(2 * version));
        ::kill(child->pid(), SIGKILL);
        while (!child->poll())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const auto now = read_all(file_);
        EXPECT_TRUE(now == old_text || now == new_text) << now;
        EXPECT_TRUE(hearth({"list", "--all"}).ok());
        old_text = now;
    }
    const auto last = hearth({"catalogue", "update", "--from", published_.string()});
    EXPECT_TRUE(last.ok()) << last.err;
    EXPECT_EQ(read_all(file_), read_all(published_));
}

}  // namespace
}  // namespace hearth::app
