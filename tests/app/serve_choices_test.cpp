#include "app/serve_choices.h"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>

#include "app/options.h"
#include "app/serve_settings.h"
#include "app/server_address.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ServeChoicesTest : public testing::Test {
protected:
    void write(std::string_view text) const { ASSERT_TRUE(os::write_file_atomic(config_file(paths_), text)); }

    [[nodiscard]] Result<ServeChoices> choose(const std::vector<std::string>& arguments,
                                              const ConfigTable& environment) const {
        Options options("serve", "");
        ServeOptions given(options);
        EXPECT_FALSE(options.parse(arguments));
        return choose_settings(given.given(), environment, paths_);
    }

    [[nodiscard]] Result<serve::ServerSettings> settings(const std::vector<std::string>& arguments) const {
        return server_settings(TRY(choose(arguments, {})), paths_);
    }

    // In words: "http://127.0.0.1:1 https://…".
    [[nodiscard]] std::string listeners(const std::vector<std::string>& arguments) const {
        const auto made = settings(arguments);
        if (!made) return made.error().message();
        std::vector<std::string> words;
        for (const auto& each : made->listeners)
            words.push_back(address_words(ServerPlace{.address = each.address, .tls = each.tls}));
        return join(words, " ");
    }

    os::TempDir folder_ = *os::TempDir::create("choices-");
    os::Paths paths_{.config = folder_.path() / "config",
                     .data = folder_.path() / "data",
                     .state = folder_.path() / "state",
                     .cache = folder_.path() / "cache",
                     .runtime = folder_.path() / "run"};
};

TEST_F(ServeChoicesTest, AnOptionGoesBeforeAVariableThatBeforeTheFileThatBeforeTheDefault) {
    write("[serve]\ncontext = 1000\nparallel = 3\nqueue = 7\norigins = [\"https://file\"]\n");
    const ConfigTable environment{{"context", {.texts = {"2000"}, .place = "OLLAMA_CONTEXT_LENGTH"}},
                                  {"parallel", {.texts = {"5"}, .place = "OLLAMA_NUM_PARALLEL"}}};
    const auto choices =
        choose({"--context", "3000", "--origin", "https://a", "--origins", "https://b"}, environment);
    ASSERT_TRUE(choices) << choices.error().message();
    const auto said = [&](const char* name) {
        return join(choices->at(name).texts, ",") + " by " + choices->at(name).place;
    };
    EXPECT_EQ(said("context"), "3000 by --context");
    EXPECT_EQ(said("parallel"), "5 by OLLAMA_NUM_PARALLEL");
    EXPECT_EQ(said("queue"), "7 by " + config_file(paths_).string() + ":4:9");
    EXPECT_EQ(said("batch"), "128 by default");
    EXPECT_EQ(said("origins"), "https://a,https://b by --origins") << "nothing is mixed";
    EXPECT_THAT(choices_table(*choices), HasSubstr("OLLAMA_NUM_PARALLEL"));
    EXPECT_THAT(choices_json(*choices), HasSubstr("\"value\": 3000"));
}

TEST_F(ServeChoicesTest, AWrongValueIsToldWithWhoSaidIt) {
    write("[serve]\nparallel = 100\n");
    EXPECT_THAT(settings({}).error().message(),
                HasSubstr("config.toml:2:12: parallel has to be a number from 1 to 64"));
    write("[serve]\nkeep-alive = \"soon\"\n");
    EXPECT_THAT(settings({}).error().message(), HasSubstr("config.toml:2:14: 'soon' is no time"));
    EXPECT_THAT(settings({"--keep-alive", "1m", "--context", "many"}).error().message(),
                HasSubstr("--context: context has"));
}

TEST_F(ServeChoicesTest, WhatOnlyAStartChangesIsNamed) {
    write("[serve]\ncontext = 1000\nqueue = 7\n");
    const auto before = choose({}, {});
    write("[serve]\ncontext = 2000\nqueue = 8\nlisten = [\"1\", \"2\"]\n");
    const auto after = choose({}, {});
    ASSERT_TRUE(before && after);
    EXPECT_THAT(needs_restart(*before, *after), ElementsAre("listen", "context"));
    EXPECT_THAT(needs_restart(*after, *after), ElementsAre());
}

TEST_F(ServeChoicesTest, TheLiveOnesAreReadAgain) {
    write("[serve]\nkeep-alive = \"1h\"\nqueue = 8\norigins = \"https://a\"\naccess-log = \"x.log\"\n");
    const auto live = live_settings(*choose({}, {}), {}, paths_);
    ASSERT_TRUE(live) << live.error().message();
    EXPECT_EQ(live->keep_alive, std::chrono::hours(1));
    EXPECT_EQ(live->max_queue, 8U);
    EXPECT_THAT(live->origins, ElementsAre("https://a"));
    EXPECT_EQ(live->access_log, paths_.config / "x.log");
    EXPECT_FALSE(live->identity);
}

TEST_F(ServeChoicesTest, AnAddressSaysWhetherItIsEncryptedOrTheSwitchDoes) {
    EXPECT_EQ(listeners({}), "http://127.0.0.1:11434");
    EXPECT_EQ(listeners({"--tls"}), "https://127.0.0.1:11434");
    EXPECT_EQ(listeners({"--listen", "http://127.0.0.1:1", "--listen", "https://127.0.0.1:2", "--listen",
                         "unix:/x"}),
              "http://127.0.0.1:1 https://127.0.0.1:2 unix:/x");
    EXPECT_EQ(listeners({"--tls", "--listen", "http://127.0.0.1:1", "--listen", "2", "--listen", "unix:/x"}),
              "http://127.0.0.1:1 https://127.0.0.1:2 unix:/x");
}

TEST_F(ServeChoicesTest, TheCertificateIsKeptAndNeedsItsKey) {
    const auto first = settings({"--tls"});
    ASSERT_TRUE(first) << first.error().message();
    ASSERT_TRUE(first->identity);
    const auto again = settings({"--listen", "https://127.0.0.1:1"});
    ASSERT_TRUE(again && again->identity);
    EXPECT_EQ(again->identity->facts().fingerprint, first->identity->facts().fingerprint);
    const auto files = own_certificate_files(paths_.data);
    EXPECT_EQ(std::filesystem::status(files.key).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_TRUE(settings({"--tls-certificate", files.certificate.string(), "--tls-key", files.key.string()}));
    EXPECT_THAT(settings({"--tls-certificate", files.certificate.string()}).error().message(),
                HasSubstr("belong together"));
}

TEST_F(ServeChoicesTest, ACertificateThatIsGoneOrHasNotTheNameIsMadeAnewWithTheSameKey) {
    const auto files = own_certificate_files(paths_.data);
    const auto facts = [&] {
        return net::read_certificate(os::read_file(files.certificate).value()).value();
    };
    ASSERT_TRUE(own_certificate(files, {}));
    const auto first = facts();
    ASSERT_TRUE(own_certificate(files, {"desk.example"}));
    const auto second = facts();
    EXPECT_NE(second.fingerprint, first.fingerprint);
    EXPECT_EQ(second.key_pin, first.key_pin);
    ASSERT_TRUE(own_certificate(files, {"0:0::1", "fe80::1%eth0"}));
    EXPECT_EQ(facts().fingerprint, second.fingerprint) << "it is good for more than is needed";
    ASSERT_TRUE(os::write_file_atomic(files.certificate, "torn"));
    ASSERT_TRUE(own_certificate(files, {}));
    EXPECT_EQ(facts().key_pin, first.key_pin);
}

TEST(OwnCertificate, IsRenewedBeforeItsEndOrForANameThatItLacks) {
    const auto now = std::chrono::system_clock::now();
    const net::CertificateFacts facts{.fingerprint = {},
                                      .key_pin = {},
                                      .names = {"desk", "10.0.0.1"},
                                      .expires = now + std::chrono::hours(61 * 24)};
    EXPECT_FALSE(must_be_renewed(facts, {"desk"}, now));
    EXPECT_TRUE(must_be_renewed(facts, {"desk", "10.0.0.2"}, now));
    EXPECT_TRUE(must_be_renewed(facts, {"desk"}, now + std::chrono::hours(2 * 24)));
}

}  // namespace
}  // namespace hearth::app
