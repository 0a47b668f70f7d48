// The server with its ledger in PostgreSQL, which goes away and comes back.
#include <gmock/gmock.h>

#include "core/ids.h"
#include "guard/ledger.h"
#include "integration/engine_fixture.h"
#include "integration/running_server.h"
#include "net/http_client.h"
#include "serve/server.h"
#include "support/postgres_server.h"

namespace hearth::serve {
namespace {

using engine::happens;
using testing::HasSubstr;

class ServeLedger : public engine::EngineTest, public RunningServer {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        prepare(paths_, net::UnixAddress{folder_.path() / "hearth.sock"});
        settings_.ledger = database_.fresh_database();
        start();
    }

    void TearDown() override { stop(); }

    [[nodiscard]] net::HttpResponse ask() const {
        return send("POST", "/v1/chat/completions",
                    R"({"model":"smollm2:135m","max_tokens":4,"messages":[{"role":"user",)"
                    R"("content":"Hello"}]})");
    }

    [[nodiscard]] std::int64_t rows(std::int64_t least_status) const {
        const auto ledger = guard::Ledger::at(settings_.ledger);
        const auto lines = (*ledger)->usage(guard::UsageBy::kKey, 0, unix_ms_now() + 1);
        if (!lines || lines->empty()) return 0;
        const guard::Usage& total = lines->front().total;
        return least_status >= 400 ? total.errors : total.requests - total.errors;
    }

    test::PostgresServer database_;
};

TEST_F(ServeLedger, WithoutItsDatabaseThereAreNoAnswersAndThenThereAreAgain) {
    ASSERT_EQ(ask().status, 200);
    EXPECT_EQ(rows(0), 1) << "before the answer ended";
    database_.stop();
    const auto first = ask();
    EXPECT_EQ(first.status, 503) << first.body;
    EXPECT_THAT(first.body, HasSubstr("written down"));
    const auto begun = std::chrono::steady_clock::now();
    EXPECT_EQ(ask().status, 503);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1))
        << "nothing is computed for it";
    database_.start();
    ASSERT_TRUE(happens([&] { return ask().status == 200; }));
    EXPECT_EQ(rows(0), 2);
}

}  // namespace
}  // namespace hearth::serve
