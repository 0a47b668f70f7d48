#include "serve/reload.h"

#include <csignal>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace hearth::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Reload, APartThatFailsHoldsUpNoneOfTheOthers) {
    boost::asio::io_context loop;
    std::vector<int> renewed;
    const auto part = [&](int number, bool works) {
        return Reload{.what = "part " + std::to_string(number),
                      .renew = [&renewed, number, works]() -> net::Task<void> {
                          renewed.push_back(number);
                          if (!works) co_return Error(Code::kInvalidInput, "a broken file");
                          co_return Status();
                      }};
    };
    std::vector<Reload> parts;
    parts.push_back(part(1, true));
    parts.push_back(part(2, false));
    parts.push_back(part(3, true));
    boost::asio::co_spawn(loop, reload_on_hangup(loop, std::move(parts)), boost::asio::detached);
    loop.poll();
    testing::internal::CaptureStderr();
    for (std::size_t times = 1; times <= 2; ++times) {
        ASSERT_EQ(::raise(SIGHUP), 0);
        while (renewed.size() < 3 * times)
            loop.run_one();
    }
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(renewed, ElementsAre(1, 2, 3, 1, 2, 3));
    EXPECT_THAT(said, HasSubstr("hearth: part 2 stays as it was: a broken file"));
    loop.stop();
}

}  // namespace
}  // namespace hearth::serve
