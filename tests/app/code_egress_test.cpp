// Commands in a real container, with curl, before a server of this machine.
#include "app/code_egress.h"

#include <gmock/gmock.h>

#include "net/http_server_fixture.h"
#include "os/files.h"
#include "sandbox/sandbox_fixture.h"

namespace hearth::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class CodeEgress : public ::testing::Test {
protected:
    [[nodiscard]] std::string origin() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

    os::Exit run(const std::vector<std::string>& allowed, const std::string& script) {
        sandbox::Policy policy{.workspace = ground_.workspace()};
        const auto rules = egress_rules(paths_, allowed);
        EXPECT_TRUE(rules) << rules.error().message();
        EXPECT_TRUE(open_egress(policy, *rules, audit_));
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
    std::shared_ptr<CodeAudit> audit_ = std::make_shared<CodeAudit>(log_, "session-1");
    net::test::Server server_{net::test::echo};
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

TEST_F(CodeEgress, RulesComeFromTheSettingsAndTheCommandLine) {
    EXPECT_THAT(*egress_rules(paths_, {}), IsEmpty());
    configure("[egress]\nallow = [\"pypi.org\"]\n");
    EXPECT_THAT(*egress_rules(paths_, {"GET,POST https://git.example/me/"}), SizeIs(2));
    EXPECT_THAT(egress_rules(paths_, {"http://127.1"}).error().message(), HasSubstr("--allow-host"));
    configure("[egress]\nallow = [\"ftp://pypi.org\"]\n");
    EXPECT_THAT(egress_rules(paths_, {}).error().message(), HasSubstr("config.toml"));
    configure("[egress]\nalow = [\"pypi.org\"]\n");
    EXPECT_FALSE(egress_rules(paths_, {}));
}

}  // namespace
}  // namespace hearth::app
