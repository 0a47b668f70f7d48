// Real runs of `hearth code`, replayed without a model: a server gives the recorded answers, everything else is what a user has.

#include <cstdint>
#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent/session.h"
#include "app/code_job.h"
#include "core/json.h"
#include "core/text.h"
#include "net/test_server.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

// One answer that was tried, as the session keeps it.
struct Tried {
    std::string request;  // what the answers of one request have in common: turn, place, form, temperature
    std::string text;
    std::string outcome;
};

struct Recording {
    std::vector<Tried> tried;
    std::vector<std::string> messages;         // "role: text [calls]", in the order of the file
    std::map<std::string, std::string> files;  // as the last calls of write left them
};

std::string described(const chat::Message& message) {
    constexpr const char* kRoles[] = {"system", "user", "assistant", "tool"};
    std::string out = fmt::format("{}: {}", kRoles[static_cast<int>(message.role)], message.text);
    for (const auto& call : message.tool_calls) {
        const auto arguments = parse_json(call.arguments);
        out += fmt::format("\n[{} {} {}]", call.id, call.name,
                           arguments ? json::serialize(*arguments) : call.arguments);
    }
    return out;
}

std::string field(const json::value& data, std::string_view key) {
    const auto* found = member(data, key);
    return found == nullptr ? std::string() : json::serialize(*found);
}

Recording read_recording(const fs::path& file) {
    Recording recording;
    const auto entries = agent::Session::read(file);
    EXPECT_TRUE(entries) << entries.error().message();
    if (!entries) return recording;
    for (const auto& entry : *entries) {
        if (entry.custom_type == "hearth.candidate") {
            const auto data = parse_json(entry.custom_data);
            EXPECT_TRUE(data);
            if (!data) continue;
            Tried tried;
            for (const std::string_view key : {"turn", "file", "definition", "line", "form", "temperature"})
                tried.request += field(*data, key) + " ";
            tried.text = string_member(*data, "text").value_or("");
            tried.outcome = string_member(*data, "outcome").value_or("");
            recording.tried.push_back(std::move(tried));
        }
        if (!entry.message) continue;
        recording.messages.push_back(described(*entry.message));
        for (const auto& call : entry.message->tool_calls) {
            const auto arguments = parse_json(call.arguments);
            if (call.name != "write" || !arguments) continue;
            recording.files[std::string(string_member(*arguments, "path").value_or(""))] =
                string_member(*arguments, "content").value_or("");
        }
    }
    return recording;
}

std::string chunk(const json::object& choice) {
    return "data: " + json::serialize(json::object{{"choices", json::array{choice}}}) + "\n\n";
}

// Speaks the chat API and answers each request with the next recorded answers.
class RecordedServer {
public:
    RecordedServer(const fs::path& folder, const std::vector<Tried>& tried)
        : left_(tried.begin(), tried.end()),
          server_(folder / "s", [this](net::test::Peer& peer) { serve(peer); }) {}

    [[nodiscard]] std::size_t left() {
        const std::scoped_lock lock(mutex_);
        return left_.size();
    }

    // One for each request; nothing where it had none.
    [[nodiscard]] std::vector<std::optional<std::int64_t>> seeds() {
        const std::scoped_lock lock(mutex_);
        return seeds_;
    }

private:
    // The answers to one request: those of the same place and form, as many as are asked for.
    std::vector<std::string> take(std::int64_t wanted, std::optional<std::int64_t> seed) {
        const std::scoped_lock lock(mutex_);  // guards left_ and seeds_: each connection has a thread
        seeds_.push_back(seed);
        std::vector<std::string> answers;
        const std::string request = left_.empty() ? std::string() : left_.front().request;
        while (!left_.empty() && left_.front().request == request && std::ssize(answers) < wanted) {
            answers.push_back(std::move(left_.front().text));
            left_.pop_front();
        }
        return answers;
    }

    void serve(net::test::Peer& peer) {
        const auto request = peer.read_request();
        const auto body = parse_json(std::string_view(request).substr(request.find("\r\n\r\n") + 4));
        const auto answers = body
                                 ? take(integer_member(*body, "n").value_or(1), integer_member(*body, "seed"))
                                 : std::vector<std::string>();
        if (answers.empty()) {
            const std::string problem = R"({"error":{"message":"the recording has no further answer"}})";
            peer.send(fmt::format("HTTP/1.1 500 X\r\nContent-Length: {}\r\n\r\n{}", problem.size(), problem));
            return;
        }
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
        for (std::size_t i = 0; i < answers.size(); ++i) {
            peer.send(chunk({{"index", i},
                             {"delta", json::object{{"content", answers[i]}}},
                             {"finish_reason", nullptr}}));
            peer.send(chunk({{"index", i}, {"delta", json::object()}, {"finish_reason", "stop"}}));
        }
        peer.send("data: [DONE]\n\n");
    }

    std::mutex mutex_;
    std::deque<Tried> left_;
    std::vector<std::optional<std::int64_t>> seeds_;
    net::test::TestServer server_;
};

os::Paths paths_in(const fs::path& home) {
    return {.config = home / "config",
            .data = home / "data",
            .state = home / "state",
            .cache = home / "cache",
            .runtime = home / "run"};
}

std::string text_of(const fs::path& file) {
    const auto text = os::read_file(file);
    return text ? std::string(trim(*text)) : std::string();
}

std::vector<std::string> outcomes(const std::vector<Tried>& tried) {
    std::vector<std::string> out;
    for (const auto& each : tried)
        out.push_back(fmt::format("{}: {}\n{}", each.request, each.outcome, each.text));
    return out;
}

// `example` is the project that the recorded run worked on. The recorded answers do not depend on the seed.
void replay(const fs::path& recorded, const fs::path& example, std::optional<std::int64_t> seed = {}) {
    const auto before = read_recording(recorded);
    ASSERT_FALSE(before.tried.empty());
    // Not under /tmp, which the container hides, and with a path short enough for a socket.
    const auto home = os::TempDir::create("hearth-replay", "/var/tmp");
    ASSERT_TRUE(home) << home.error().message();
    const auto workspace = home->path() / "project";
    fs::copy(example / "project", workspace, fs::copy_options::recursive);
    RecordedServer server(home->path(), before.tried);

    CodeRequest request;
    request.workspace = workspace;
    request.prompt = text_of(example / "prompt.txt");
    request.test_command = text_of(example / "test.txt");
    request.server = "unix:" + (home->path() / "s").string();
    request.form = EditForm::kText;
    request.seed = seed;
    const auto result = run_code_job(paths_in(home->path()), request, {}, {});
    ASSERT_TRUE(result) << result.error().message();

    const auto now = read_recording(result->session);
    EXPECT_EQ(server.left(), 0U) << "recorded answers that nobody asked for";
    for (const auto& given : server.seeds())
        EXPECT_EQ(given.has_value(), seed.has_value());
    EXPECT_EQ(outcomes(now.tried), outcomes(before.tried));
    ASSERT_EQ(now.messages.size(), before.messages.size());
    for (std::size_t i = 0; i < now.messages.size(); ++i)
        EXPECT_EQ(now.messages[i], before.messages[i]) << "message " << i;
    const bool reached = before.messages.back().find("All tests pass.") != std::string::npos;
    EXPECT_EQ(result->reached, reached) << result->end;
    if (!reached) return;
    for (const auto& [path, content] : before.files) {
        const auto file = os::read_file(workspace / path);
        ASSERT_TRUE(file) << file.error().message();
        EXPECT_EQ(*file, content) << path;
    }
}

// tests/data/app/replay/<example>.jsonl is the session of a real run on that project of examples/. To record one anew, run
// `hearth code` with the example's prompt and test command on a copy of its project and take the session that it names.
TEST(Replay, ARecordedRunGoesTheSameWayAgain) {
    const auto source = fs::path(HEARTH_SOURCE_DIR);
    int runs = 0;
    for (const auto& entry : fs::directory_iterator(source / "tests/data/app/replay")) {
        SCOPED_TRACE(entry.path().filename().string());
        replay(entry.path(), source / "examples" / entry.path().stem());
        ++runs;
    }
    EXPECT_GT(runs, 0);
}

TEST(Replay, WithASeedEveryRequestCarriesOne) {
    const auto source = fs::path(HEARTH_SOURCE_DIR);
    const auto recorded = *fs::directory_iterator(source / "tests/data/app/replay");
    replay(recorded.path(), source / "examples" / recorded.path().stem(), 7);
}

}  // namespace
}  // namespace hearth::app
