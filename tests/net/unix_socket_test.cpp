// The file of a Unix socket: made, kept, replaced and removed.
#include <filesystem>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>

#include "net/http_server.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::net {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class UnixSocket : public testing::Test {
protected:
    [[nodiscard]] std::unique_ptr<HttpServer> server() {
        return std::make_unique<HttpServer>(loop_, ServerLimits(), HttpServer::Handler());
    }

    os::TempDir folder_ = *os::TempDir::create("socket-");
    fs::path file_ = folder_.path() / "hearth.sock";
    boost::asio::io_context loop_;
};

TEST_F(UnixSocket, IsRemovedWhenTheServerStops) {
    const auto first = server();
    ASSERT_TRUE(first->listen(UnixAddress{file_}));
    EXPECT_TRUE(fs::is_socket(file_));
    first->stop_accepting();
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(UnixSocket, OneThatAKilledServerLeftIsReplaced) {
    {
        const os::Fd killed(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        file_.string().copy(name.sun_path, sizeof name.sun_path - 1);
        ASSERT_EQ(::bind(killed.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    }
    ASSERT_TRUE(fs::is_socket(file_));
    const auto next = server();
    const auto listening = next->listen(UnixAddress{file_});
    EXPECT_TRUE(listening) << listening.error().message();
}

TEST_F(UnixSocket, OneOfALivingServerIsRefusedAndStays) {
    const auto living = server();
    ASSERT_TRUE(living->listen(UnixAddress{file_}));
    {
        const auto next = server();
        const auto refused = next->listen(UnixAddress{file_});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Code::kConflict);
        EXPECT_THAT(refused.error().message(), HasSubstr("hearth.sock"));
    }
    EXPECT_TRUE(fs::is_socket(file_));
}

TEST_F(UnixSocket, AFileThatIsNoSocketIsNeverTouched) {
    ASSERT_TRUE(os::write_file_atomic(file_, "mine"));
    EXPECT_FALSE(server()->listen(UnixAddress{file_}));
    EXPECT_EQ(os::read_file(file_).value(), "mine");
    EXPECT_THAT(server()->listen(UnixAddress{std::string(200, 'x')}).error().message(),
                HasSubstr("107 bytes"));
}

TEST_F(UnixSocket, AnothersFileInItsPlaceStays) {
    const auto first = server();
    ASSERT_TRUE(first->listen(UnixAddress{file_}));
    fs::remove(file_);
    ASSERT_TRUE(os::write_file_atomic(file_, "another's"));
    first->stop_accepting();
    EXPECT_TRUE(fs::exists(file_));
}

}  // namespace
}  // namespace hearth::net
