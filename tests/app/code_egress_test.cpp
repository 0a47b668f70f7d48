// Commands in a real container, with curl, before a server of this machine.
#include "app/code_egress.h"

#include <gmock/gmock.h>
#include <map>
#include <mutex>

#include "net/http_server_fixture.h"
#include "os/files.h"
#include "sandbox/sandbox_fixture.h"

namespace hearth::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Says which fields it got, and keeps them.
class Fields {
public:
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

    std::string got(const std::string& name) {
        const std::scoped_lock lock(mutex_);
        return fields_[name];
    }

private:
    // The server awaits it. NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters)
    boost::asio::awaitable<void> answer(net::ServedRequest& request, net::Responder& responder) {
        std::string body;
        {
            const std::scoped_lock lock(mutex_);
            for (const auto& [name, value] : request.headers) {
                fields_[name] = value;
                body += name + ": " + value + "\n";
            }
        }
        net::Headers headers{{"Content-Type", "text/plain"}};
        const Status sent = co_await responder.send(200, std::move(headers), std::move(body));
        EXPECT_TRUE(sent);
    }

    std::mutex mutex_;  // guards fields_: the server's thread writes
    std::map<std::string, std::string> fields_;
    net::test::Server server_{[this](net::ServedRequest& request, net::Responder& responder) {
        return answer(request, responder);
    }};
};

class CodeEgress : public ::testing::Test {
protected:
    [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

    os::Exit run(const std::vector<std::string>& allowed, const std::string& script,
                 const std::vector<std::string>& secrets = {}) {
        sandbox::Policy policy{.workspace = ground_.workspace()};
        const auto network = code_network(paths_, allowed, secrets);
        EXPECT_TRUE(network) << network.error().message();
        const Status opened = open_egress(policy, *network, store_, audit_);
        EXPECT_TRUE(opened) << opened.error().message();
        const auto sandbox = sandbox::Sandbox::open(std::move(policy));
        EXPECT_TRUE(sandbox) << sandbox.error().message();
        const auto exit = sandbox->run(script);
        EXPECT_TRUE(exit) << exit.error().message();
        return *exit;
    }

    [[nodiscard]] std::vector<std::string> records(std::string_view type) const {
        std::vector<std::string> all;
        EXPECT_TRUE(log_.read([&](const guard::AuditRecord& record) {
            if (record.type == type) all.push_back(record.json);
            return true;
        }));
        return all;
    }

    void configure(std::string_view text) {
        std::filesystem::create_directories(paths_.config);
        EXPECT_TRUE(os::write_file_atomic(paths_.config / "config.toml", text));
    }

    // Also to 127.0.0.1, for which `no_proxy` keeps it from the proxy.
    static std::string curl(const std::string& url) { return "curl -sS --noproxy '' --max-time 20 " + url; }

    os::TempDir folder_ = *os::TempDir::create("hearth-test");
    os::Paths paths_ = [this] {
        os::Paths paths;
        paths.config = folder_.path() / "config";
        return paths;
    }();
    sandbox::Ground ground_;
    guard::AuditLog log_{folder_.path() / "audit"};
    guard::SecretStore store_{folder_.path() / "secrets"};
    std::shared_ptr<CodeAudit> audit_ = std::make_shared<CodeAudit>(log_, "session-1");
    net::test::Server server_{net::test::echo};
    Fields fields_;
};

TEST_F(CodeEgress, WithoutRulesThereIsNoNetworkAndNoProxy) {
    const os::Exit exit =
        run({}, "env | grep -i proxy; ls /etc/ssl; cat /proc/net/tcp | wc -l; " + curl(origin()));
    EXPECT_FALSE(exit.ok());
    EXPECT_EQ(exit.out, "1\n") << "nothing listens";
    EXPECT_THAT(exit.err, Not(HasSubstr("network:")));
    EXPECT_FALSE(std::filesystem::exists(log_.file())) << "nothing was asked";
}

TEST_F(CodeEgress, ACommandAsksWhatIsAllowedAndNothingElse) {
    const os::Exit exit =
        run({origin() + "/free"}, curl(origin() + "/free/a?b") + "; echo; " + curl(origin() + "/other") +
                                      "; " + curl("http://169.254.169.254/latest"));
    EXPECT_THAT(exit.out, HasSubstr("GET /free/a?b \n"));
    EXPECT_THAT(exit.out, HasSubstr("do not allow this path"));
    EXPECT_THAT(exit.out, HasSubstr("no rule allows the host 169.254.169.254"));
    EXPECT_THAT(exit.err, HasSubstr("network: GET " + origin() + "/other: "));
    const auto judged = records("egress");
    ASSERT_THAT(judged, SizeIs(3));
    EXPECT_THAT(judged[0], HasSubstr(R"("decision":"allowed")"));
    EXPECT_THAT(judged[1], HasSubstr(R"("decision":"refused")"));
    EXPECT_THAT(judged[2], HasSubstr(R"("decision":"refused")"));
    EXPECT_THAT(records("egress-end"), SizeIs(1));
}

TEST_F(CodeEgress, EveryCommandHasItsOwnWayAndNoOther) {
    const os::Exit exit =
        run({origin()}, curl(origin()) + " && curl -sS --noproxy '*' --max-time 5 " + origin());
    EXPECT_THAT(exit.out, HasSubstr("GET / ")) << "by the proxy";
    EXPECT_FALSE(exit.ok()) << "past it";
}

TEST_F(CodeEgress, ASecretIsSentForItsPlaceholderAndIsNeverInTheSandbox) {
    const std::string value = "real-secret-0123456789";
    ASSERT_TRUE(store_.set("desk", *guard::Secret::from_text(value)));
    const std::string ask = curl("-H \"x-api-key: $DESK_KEY\" " + fields_.url());
    const os::Exit exit = run({fields_.url() + " with desk in x-api-key"},
                              "echo $DESK_KEY; " + ask + "; cat /proc/self/environ", {"desk=DESK_KEY"});
    EXPECT_THAT(exit.out, StartsWith("hearth-placeholder-"));
    const std::string placeholder = exit.out.substr(0, exit.out.find('\n'));
    EXPECT_THAT(exit.out, HasSubstr("x-api-key: " + placeholder)) << "what the server says that it got";
    EXPECT_THAT(exit.out + exit.err, Not(HasSubstr(value)));
    EXPECT_EQ(fields_.got("x-api-key"), value);
    const auto judged = records("egress");
    ASSERT_THAT(judged, SizeIs(1));
    EXPECT_THAT(judged[0], HasSubstr(R"("secrets":["desk"])"));
    EXPECT_THAT(*os::read_file(log_.file()), Not(HasSubstr(value)));
    const os::Exit again = run({fields_.url() + " with desk in x-api-key"}, "echo $DESK", {});
    EXPECT_THAT(again.out, StartsWith("hearth-placeholder-"));
    EXPECT_THAT(again.out, Not(HasSubstr(placeholder))) << "each run has its own";
}

TEST_F(CodeEgress, SecretsAreNamedByRulesAndVariables) {
    const std::string rule = "api.example with github in Authorization: Bearer {}";
    EXPECT_THAT(code_network(paths_, {rule}, {})->secrets, ElementsAre(SecretVariable{"github", "GITHUB"}));
    EXPECT_THAT(code_network(paths_, {rule}, {"github=GH_TOKEN"})->secrets,
                ElementsAre(SecretVariable{"github", "GH_TOKEN"}));
    configure("[egress]\nallow = [\"" + rule + "\"]\nsecrets = [\"github=A\"]\n");
    EXPECT_THAT(code_network(paths_, {}, {})->secrets, ElementsAre(SecretVariable{"github", "A"}));
    EXPECT_THAT(code_network(paths_, {}, {"github=B"})->secrets, ElementsAre(SecretVariable{"github", "B"}));
    EXPECT_THAT(code_network(paths_, {}, {"other"}).error().message(), HasSubstr("no rule"));
    EXPECT_THAT(code_network(paths_, {"b.example with desk in x-key"}, {"desk=A"}).error().message(),
                HasSubstr("the variable A"));
    for (const char* text : {"github=PATH", "github=LD_PRELOAD", "github=1A", "github=", "github=A B",
                             "github=ghp_abcdefgh", "../x=A", "=A"})
        EXPECT_FALSE(parse_secret_variable(text)) << text;
    EXPECT_EQ(parse_secret_variable("my-key.2")->variable, "MY_KEY_2");
}

TEST_F(CodeEgress, ASecretThatIsNotThereOrUnfitIsSaidBeforeACommandRuns) {
    const auto open = [&](const std::string& variable) {
        sandbox::Policy policy{.workspace = ground_.workspace()};
        const auto network = code_network(paths_, {"api.example with desk in x-key"}, {"desk=" + variable});
        return open_egress(policy, *network, store_, audit_);
    };
    EXPECT_THAT(open("DESK").error().message(), HasSubstr("hearth secret set desk"));
    ASSERT_TRUE(store_.set("desk", *guard::Secret::from_text("short")));
    EXPECT_THAT(open("DESK").error().message(), HasSubstr("less than 8"));
    ASSERT_TRUE(store_.set("desk", *guard::Secret::from_text("long-enough")));
    EXPECT_THAT(open("HTTPS_PROXY").error().message(), HasSubstr("another meaning"));
    EXPECT_TRUE(open("DESK"));
}

TEST_F(CodeEgress, RulesComeFromTheSettingsAndTheCommandLine) {
    const auto rules = [&](const std::vector<std::string>& allowed) {
        return code_network(paths_, allowed, {});
    };
    EXPECT_THAT(rules({})->rules, IsEmpty());
    configure("[egress]\nallow = [\"pypi.org\"]\n");
    EXPECT_THAT(rules({"GET,POST https://git.example/me/"})->rules, SizeIs(2));
    EXPECT_THAT(rules({"http://127.1"}).error().message(), HasSubstr("--allow-host"));
    configure("[egress]\nallow = [\"ftp://pypi.org\"]\n");
    EXPECT_THAT(rules({}).error().message(), HasSubstr("config.toml"));
    configure("[egress]\nsecrets = [\"../x\"]\n");
    EXPECT_THAT(rules({}).error().message(), HasSubstr("config.toml"));
    configure("[egress]\nalow = [\"pypi.org\"]\n");
    EXPECT_FALSE(rules({}));
}

}  // namespace
}  // namespace hearth::app
