// Children of the real engine: their end, their restart, who stays, and that none outlives its owner.
#include <gmock/gmock.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "capacity/machine.h"
#include "capacity/memory_model.h"
#include "core/json.h"
#include "engine/serve_plan.h"
#include "integration/engine_fixture.h"
#include "model/architecture.h"
#include "model/gguf.h"
#include "net/http_client.h"

namespace hearth::engine {
namespace {

using testing::HasSubstr;

class EngineSupervisor : public EngineTest {
protected:
    // The engines that run on sockets of this test.
    [[nodiscard]] std::vector<pid_t> engines() const { return processes_with(paths_.runtime.string() + "/"); }

    static net::HttpRequest chat(const std::string& text, int tokens, int candidates) {
        json::object body;
        body["messages"] = json::array{json::object{{"role", "user"}, {"content", text}}};
        body["max_tokens"] = tokens;
        body["n"] = candidates;
        body["temperature"] = 0.8;
        body["stream"] = true;
        body["stream_options"] = json::object{{"include_usage", true}};
        return {.method = "POST",
                .target = "/v1/chat/completions",
                .headers = {{"Content-Type", "application/json"}},
                .body = json::serialize(body)};
    }
};

TEST_F(EngineSupervisor, ALoadedModelIsGivenAgainAtOnce) {
    const auto supervisor = open();
    ASSERT_TRUE(supervisor->acquire("smollm2:135m", small_, small_options(), {}, {}));
    const Result<Lease> again = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->load_seconds, 0);
    EXPECT_TRUE(supervisor->healthy(*again));
    EXPECT_EQ(engines().size(), 1U);
}

TEST_F(EngineSupervisor, AKilledEngineBreaksTheStreamSaysWhyAndStartsAgain) {
    const auto supervisor = open();
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    const std::vector<pid_t> before = engines();
    ASSERT_EQ(before.size(), 1U);
    bool killed = false;
    const auto broken = net::exchange(lease->address, chat("Count to one thousand.", 1500, 1), {}, {},
                                      [&](int, std::string_view) {
                                          if (!killed) ::kill(before.front(), SIGKILL);
                                          killed = true;
                                          return true;
                                      });
    EXPECT_FALSE(broken);
    const Status health = supervisor->healthy(*lease);
    ASSERT_FALSE(health);
    EXPECT_EQ(health.error().code(), Code::kUnavailable);
    EXPECT_THAT(health.error().message(), HasSubstr("killed by signal 9"));
    EXPECT_THAT(health.error().message(), HasSubstr("last lines"));

    const Result<Lease> again = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_TRUE(supervisor->healthy(*again));
    EXPECT_FALSE(supervisor->healthy(*lease)) << "a lease of the dead child is not healthy";
    const auto works = net::exchange(again->address, chat("Hello.", 4, 1));
    ASSERT_TRUE(works);
    EXPECT_EQ(works->status, 200);
}

TEST_F(EngineSupervisor, ThreeCrashesInARowGiveTheReasonWithTheLastLines) {
    const auto supervisor = open();
    for (int crash = 0; crash < 3; ++crash) {
        const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
        ASSERT_TRUE(lease) << crash << ": " << lease.error().message();
        const std::vector<pid_t> running = engines();
        ASSERT_EQ(running.size(), 1U);
        ::kill(running.front(), SIGSEGV);
        ASSERT_TRUE(happens([&] { return !supervisor->healthy(*lease); }));
    }
    const Result<Lease> given_up = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
    ASSERT_FALSE(given_up);
    EXPECT_EQ(given_up.error().code(), Code::kUnavailable);
    EXPECT_THAT(given_up.error().message(), HasSubstr("crashed 3 times in a row"));
    EXPECT_THAT(given_up.error().message(), HasSubstr("signal 11"));
    EXPECT_THAT(given_up.error().message(), HasSubstr("model loaded"));
}

TEST_F(EngineSupervisor, ACrashAfterAnAnswerIsNotInARowWithTheOneBefore) {
    const auto supervisor = open();
    for (int crash = 0; crash < 4; ++crash) {
        const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, small_options(), {}, {});
        ASSERT_TRUE(lease) << crash << ": " << lease.error().message();
        lease->note_answer();
        const std::vector<pid_t> running = engines();
        ASSERT_EQ(running.size(), 1U);
        ::kill(running.front(), SIGKILL);
        ASSERT_TRUE(happens([&] { return !supervisor->healthy(*lease); }));
    }
}

TEST_F(EngineSupervisor, NoEngineOutlivesAKilledOwner) {
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t owner = ::fork();
    if (owner == 0) {
        const auto supervisor = Supervisor::open(paths_);
        const bool loaded =
            supervisor && (*supervisor)->acquire("smollm2:135m", small_, small_options(), {}, {}).has_value();
        const char word = loaded ? 'y' : 'n';
        if (::write(ready[1], &word, 1) != 1) ::_exit(1);
        for (;;)
            ::pause();
    }
    char word = 0;
    ASSERT_EQ(::read(ready[0], &word, 1), 1);
    ASSERT_EQ(word, 'y');
    EXPECT_EQ(engines().size(), 1U);
    ::kill(owner, SIGKILL);
    ::waitpid(owner, nullptr, 0);
    EXPECT_TRUE(happens([&] { return engines().empty(); }));
    ::close(ready[0]);
    ::close(ready[1]);

    // What it left behind is removed by the next one.
    const auto next = open();
    ASSERT_TRUE(next);
    int folders = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(paths_.runtime))
        ++folders;
    EXPECT_EQ(folders, 1);
}

TEST_F(EngineSupervisor, TheLeastRecentlyUsedModelLeavesWhenMemoryIsShort) {
    const std::filesystem::path other = model("gemma3:270m");
    ServeOptions options = small_options();
    options.context = Tokens{512};
    // Room for the larger one and no more; how much that is depends on how this CPU lays out weights.
    const auto header = model::read_gguf(other);
    ASSERT_TRUE(header) << header.error().message();
    const auto architecture = model::read_architecture(*header);
    ASSERT_TRUE(architecture) << architecture.error().message();
    std::int64_t mib = 64;
    while (!plan_serving(*architecture, options, capacity::weight_layout(capacity::probe_machine()->cpu),
                         Bytes{mib << 20U}))
        ++mib;
    ::setenv("HEARTH_MEMORY_MIB", std::to_string(mib + 8).c_str(), 1);
    const auto supervisor = open();
    ::unsetenv("HEARTH_MEMORY_MIB");
    ASSERT_TRUE(supervisor);
    {
        const Result<Lease> first = supervisor->acquire("smollm2:135m", small_, options, {}, {});
        ASSERT_TRUE(first) << first.error().message();
        const Result<Lease> refused = supervisor->acquire("gemma3:270m", other, options, {}, {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Code::kExhausted);
        EXPECT_TRUE(supervisor->healthy(*first)) << "a model in use stays";
    }
    const Result<Lease> second = supervisor->acquire("gemma3:270m", other, options, {}, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_EQ(engines().size(), 1U);
}

TEST_F(EngineSupervisor, AModelThatDoesNotFitSaysWhatWould) {
    ::setenv("HEARTH_MEMORY_MIB", "260", 1);
    const auto supervisor = open();
    ::unsetenv("HEARTH_MEMORY_MIB");
    ServeOptions options = small_options();
    options.context = Tokens{8192};
    const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, options, {}, {});
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code(), Code::kExhausted);
    EXPECT_THAT(lease.error().message(), HasSubstr("A context of"));
}

TEST_F(EngineSupervisor, AFileThatIsNoModelIsRefusedBeforeAnythingStarts) {
    const std::filesystem::path file = folder_.path() / "no.gguf";
    std::ofstream(file) << "this is no model";
    const auto supervisor = open();
    const Result<Lease> lease = supervisor->acquire("no", file, small_options(), {}, {});
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code(), Code::kCorrupt);
    EXPECT_TRUE(engines().empty());
}

TEST_F(EngineSupervisor, LoadingCanBeStopped) {
    const auto supervisor = open();
    std::stop_source source;
    const Result<Lease> lease = supervisor->acquire(
        "smollm2:135m", small_, small_options(), [&](const LoadProgress&) { source.request_stop(); },
        source.get_token());
    ASSERT_FALSE(lease);
    EXPECT_EQ(lease.error().code(), Code::kCancelled);
    EXPECT_TRUE(engines().empty());
}

// One request for four answers: one prefill, four choices told apart by index, and the prompt stays cached.
TEST_F(EngineSupervisor, FourCandidatesShareOnePromptAlsoWithSpeculation) {
    for (const bool speculation : {false, true}) {
        const auto supervisor = open();
        const ServeOptions options{.context = Tokens{2048}, .slots = 4, .edit_speculation = speculation};
        const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, options, {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        EXPECT_EQ(lease->slots, 4);
        EXPECT_EQ(lease->context_window, Tokens{2048});
        std::string text = "Write one short sentence about each of these words:";
        for (int i = 0; i < 60; ++i)
            text += " river stone";
        for (int round = 0; round < 2; ++round) {
            const auto response = net::exchange(lease->address, chat(text, 24, 4));
            ASSERT_TRUE(response) << response.error().message();
            ASSERT_EQ(response->status, 200) << response->body;
            std::set<std::int64_t> indices;
            std::int64_t cached = -1;
            for (const std::string_view line : split_lines(response->body)) {
                if (!line.starts_with("data: {")) continue;
                const Result<json::value> chunk = parse_json(line.substr(6));
                ASSERT_TRUE(chunk);
                if (const json::array* choices = array_member(*chunk, "choices"))
                    for (const json::value& choice : *choices)
                        indices.insert(integer_member(choice, "index").value_or(-1));
                if (const json::value* timings = member(*chunk, "timings"))
                    cached = integer_member(*timings, "cache_n").value_or(-1);
            }
            EXPECT_EQ(indices, (std::set<std::int64_t>{0, 1, 2, 3}));
            if (round == 1) {
                EXPECT_GT(cached, 60);
            }
        }
        EXPECT_TRUE(supervisor->healthy(*lease));
    }
}

TEST_F(EngineSupervisor, AModelThatRanksTextsIsServedForThatAndCondemnsNoVariant) {
    const std::filesystem::path ranker =
        std::filesystem::path(HEARTH_SOURCE_DIR) / "tests/data/engine/ranks_texts.gguf";
    const auto supervisor = open();
    ServeOptions options = small_options();
    options.purpose = ServePurpose::kRanking;
    const auto lease = supervisor->acquire("ranker", ranker, options, {}, {});
    ASSERT_TRUE(lease) << lease.error().message();
    const auto answer =
        net::exchange(lease->address, {.method = "POST",
                                       .target = "/v1/rerank",
                                       .headers = {{"Content-Type", "application/json"}},
                                       .body = R"({"query":"cat","documents":["dog","kitten"]})"});
    ASSERT_TRUE(answer) << answer.error().message();
    EXPECT_NE(answer->body.find("relevance_score"), std::string::npos) << answer->body;
    const VerdictBook book = verdicts();
    for (const Verdict& each : book.all())
        EXPECT_NE(each.outcome, Verdict::Outcome::kFailed) << each.variant << ": " << each.reason;
    options.purpose = ServePurpose::kText;
    const auto text = supervisor->acquire("ranker for text", ranker, options, {}, {});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), Code::kUnsupported);
}

}  // namespace
}  // namespace hearth::engine
