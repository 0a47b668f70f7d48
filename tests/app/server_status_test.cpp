#include "app/server_status.h"

#include <filesystem>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "app/server_address.h"
#include "app/server_record.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kStatus = R"({"version":"1",
    "models":[{"name":"small","loading":false,"memory":1073741824,"context":2048,"slots":2,"running":0,"waiting":3,
               "expires":"2026-01-01T00:00:10.000Z"}],
    "requests":[{"seconds":1.5,"peer":"127.0.0.1:5","key_name":"","dialect":"ollama","model":"small","stage":"waiting",
                 "generated_tokens":0,"position":2,"wait_seconds":7.2},
                {"seconds":2,"peer":"x","key_name":"Ann\u001b[2J","dialect":"openai","model":"small","stage":"decode",
                 "generated_tokens":40,"tokens_per_second":12.34}]})";
constexpr std::int64_t kNewYear = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

TEST(ServerStatus, IsShownAsTables) {
    const auto status = parse_server_status(parse_json(kStatus).value());
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_THAT(models_table(*status, kNewYear), HasSubstr("1.00 GiB"));
    EXPECT_THAT(models_table(*status, kNewYear), HasSubstr("in 10.0 s"));
    EXPECT_THAT(requests_table(*status), HasSubstr("waiting, 2 in line, about 8.0 s"));
    EXPECT_THAT(requests_table(*status), HasSubstr("12.3"));
}

TEST(ServerStatus, SaysWhoAnswersWhereSomebodyElsewhereDoes) {
    EXPECT_THAT(models_table(parse_server_status(parse_json(kStatus).value()).value(), kNewYear),
                Not(HasSubstr("ANSWERED BY")));
    constexpr const char* kElsewhere = R"({"requests":[],"models":[
        {"name":"far","loading":false,"memory":0,"context":0,"slots":4,"running":0,"waiting":0,"engine":"",
         "expires":"2026-01-01T00:00:10.000Z","remotes":[{"name":"desk2","good":true},{"name":"gpu","good":false}]},
        {"name":"both","loading":false,"memory":1073741824,"context":2048,"slots":6,"running":0,"waiting":0,
         "engine":"llama.cpp","expires":null,"remotes":[{"name":"desk2","good":true}]}]})";
    const auto status = parse_server_status(parse_json(kElsewhere).value());
    ASSERT_TRUE(status);
    const std::string table = models_table(*status, kNewYear);
    EXPECT_THAT(table, HasSubstr("desk2, gpu!"));
    EXPECT_THAT(table, HasSubstr("this machine, desk2"));
    EXPECT_THAT(table, Not(HasSubstr("in 10.0 s"))) << "nothing of it leaves this machine";
}

TEST(ServerStatus, NamesFromOutsideDoNotReachTheTerminalAsTheyAre) {
    const auto status = parse_server_status(parse_json(kStatus).value());
    ASSERT_TRUE(status);
    EXPECT_THAT(requests_table(*status), Not(HasSubstr("\x1b")));
}

TEST(ServerStatus, AnotherProgramsAnswerIsNone) {
    EXPECT_FALSE(parse_server_status(parse_json(R"({"models":{}})").value()));
    EXPECT_FALSE(parse_server_status(parse_json("[]").value()));
}

TEST(ServerRecord, IsFoundWhileTheServerLives) {
    const auto folder = os::TempDir::create("record-");
    ASSERT_TRUE(folder);
    const auto runtime = folder->path() / "run";
    {
        const auto record =
            ServerRecord::write(runtime, {.address = net::TcpAddress{.host = "::1", .port = "99"}});
        ASSERT_TRUE(record) << record.error().message();
        const auto servers = recorded_servers(runtime);
        ASSERT_THAT(servers, SizeIs(1));
        EXPECT_EQ(address_words(servers.front()), "http://[::1]:99");
    }
    EXPECT_THAT(recorded_servers(runtime), SizeIs(0));
    EXPECT_TRUE(std::filesystem::is_empty(runtime));
}

TEST(ServerRecord, OneThatWasLeftBehindIsPassedOverAndRemovedByTheNextServer) {
    const auto folder = os::TempDir::create("record-");
    ASSERT_TRUE(folder);
    const auto runtime = folder->path() / "run";
    ASSERT_TRUE(os::make_runtime_folder(runtime));
    ASSERT_TRUE(
        os::write_file_atomic(runtime / "serve-1.json", R"({"address":"http://127.0.0.1:1","pid":1})"));
    EXPECT_THAT(recorded_servers(runtime), SizeIs(0));
    const auto record =
        ServerRecord::write(runtime, {.address = net::TcpAddress{.host = "127.0.0.1", .port = "2"}});
    ASSERT_TRUE(record);
    EXPECT_FALSE(std::filesystem::exists(runtime / "serve-1.json"));
}

TEST(ServerRecord, MustHaveAnAddress) {
    EXPECT_TRUE(parse_server_record(R"({"address":"unix:/run/x.sock"})"));
    EXPECT_FALSE(parse_server_record(R"({"address":"https://desk"})")) << "without its key";
    const auto tls = parse_server_record(R"({"address":"https://127.0.0.1:5","key_pin":"sha256//x"})");
    ASSERT_TRUE(tls);
    EXPECT_TRUE(tls->tls);
    EXPECT_EQ(address_words(*tls), "https://127.0.0.1:5");
    EXPECT_FALSE(parse_server_record(R"({"pid":1})"));
    EXPECT_FALSE(parse_server_record(""));
}

TEST(ListenAddress, HasTheFormsOfOllamaHost) {
    const auto words = [](std::string_view text) {
        const auto address = parse_listen_address(text);
        return address ? address_words(ServerPlace{.address = address->address,
                                                   .tls = address->scheme == Scheme::kHttps})
                       : address.error().message();
    };
    EXPECT_EQ(words("8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(words(":8080"), "http://127.0.0.1:8080");
    EXPECT_EQ(words("desk"), "http://desk:11434");
    EXPECT_EQ(words("http://0.0.0.0:1/"), "http://0.0.0.0:1");
    EXPECT_EQ(words("https://0.0.0.0:11435"), "https://0.0.0.0:11435");
    EXPECT_EQ(words("[::1]:5"), "http://[::1]:5");
    EXPECT_EQ(words("unix:/run/h.sock"), "unix:/run/h.sock");
    EXPECT_THAT(words("desk:99999"), HasSubstr("is no port"));
}

}  // namespace
}  // namespace hearth::app
