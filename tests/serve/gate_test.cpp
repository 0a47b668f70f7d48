#include "serve/gate.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "os/files.h"

namespace hearth::serve {
namespace {

TEST(Gate, ARefusalForALimitSaysWhenToComeBack) {
    const os::TempDir folder = *os::TempDir::create("gate-");
    boost::asio::thread_pool files(1);
    boost::asio::thread_pool rows(1);
    boost::asio::io_context loop;
    Gate gate(*guard::KeyBook::open(folder.path() / "keys.db"),
              *guard::Ledger::at((folder.path() / "ledger.db").string()), files, rows);
    Caller caller{.key = "k1", .terms = {}, .share = "k1", .client = {}, .session = {}};
    caller.terms.name = "ann";
    caller.terms.routes = {guard::kRoutes.begin(), guard::kRoutes.end()};
    caller.terms.compute_seconds_per_day = 0;
    std::optional<Error> refused;
    boost::asio::co_spawn(loop, gate.allow(caller, guard::Route::kChat, "model", Tokens{5}),
                          [&](const std::exception_ptr&, const Result<Gate::Pass>& pass) {
                              if (!pass) refused = pass.error();
                          });
    loop.run();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->code(), Code::kExhausted);
    EXPECT_GE(refused->retry_after(), std::chrono::seconds(1)) << "the rest of the day";
    EXPECT_LE(refused->retry_after(), std::chrono::hours(24));
    files.join();
    rows.join();
}

}  // namespace
}  // namespace hearth::serve
