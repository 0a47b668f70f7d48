// What the real engine reports of its memory, beside what was planned for it.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "capacity/machine.h"
#include "capacity/track_record.h"
#include "core/json.h"
#include "integration/engine_fixture.h"
#include "integration/running_server.h"
#include "net/http_client.h"

namespace hearth::engine {
namespace {

using capacity::Figure;
using capacity::LoadRecord;
using capacity::TrackRecord;

// Fills several steps of 128 tokens.
std::string long_text() {
    std::string text = "Which of these numbers is the largest?";
    for (int i = 1; i <= 150; ++i)
        text += " " + std::to_string(i * 37 % 1000) + ",";
    return text;
}

class EngineReports : public EngineTest {
protected:
    [[nodiscard]] std::vector<LoadRecord> kept() const {
        auto record = TrackRecord::look(paths_.state);
        if (!record || !*record) return {};
        return (*record)
            ->loads(capacity::machine_identity(*capacity::probe_machine()))
            .value_or(std::vector<LoadRecord>());
    }

    static const Figure* find(const LoadRecord& load, std::string_view part) {
        for (const Figure& each : load.figures)
            if (each.part == part) return &each;
        return nullptr;
    }

    static void expect_agreement(const LoadRecord& load) {
        SCOPED_TRACE(load.settings);
        for (const char* part :
             {"mapped weights", "KV cache", "work buffers", "output", capacity::kResidentPart})
            EXPECT_NE(find(load, part), nullptr) << part;
        for (const Figure& each : load.figures)
            EXPECT_FALSE(each.missed()) << each.part << ": predicted " << each.predicted.value
                                        << ", measured " << each.measured.value;
        const Figure* resident = find(load, capacity::kResidentPart);
        if (resident != nullptr) EXPECT_LE(resident->error(), 0.01) << "more than was planned for";
    }
};

// Asks a long question and tells the lease what it took.
void ask(const Lease& lease) {
    json::object body;
    body["messages"] = json::array{json::object{{"role", "user"}, {"content", long_text()}}};
    body["max_tokens"] = 40;
    auto watch = lease.watch();
    const auto answer = net::exchange(lease.address, {.method = "POST",
                                                      .target = "/v1/chat/completions",
                                                      .headers = {{"Content-Type", "application/json"}},
                                                      .body = json::serialize(body)});
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
    const json::value value = *parse_json(answer->body);
    const json::value& timings = *member(value, "timings");
    const Tokens read{*integer_member(timings, "prompt_n")};
    ASSERT_GT(read.value, 128);
    watch.done({.prompt = read,
                .cached = {},
                .generated = Tokens{*integer_member(timings, "predicted_n")},
                .all_answers = Tokens{*integer_member(timings, "predicted_n")},
                .drafted = {},
                .streams = 1,
                .prompt_seconds = *number_member(timings, "prompt_ms") / 1000,
                .decode_seconds = *number_member(timings, "predicted_ms") / 1000});
}

TEST_F(EngineReports, MemoryAgreesWithThePlanForEachSetting) {
    ServeOptions several{
        .context = Tokens{4096}, .slots = 4, .edit_speculation = false, .shared_prompt = false};
    ServeOptions drafting = small_options();
    drafting.edit_speculation = true;
    ServeOptions short_cells = small_options();
    short_cells.cache = capacity::CacheType::kQ8_0;
    short_cells.context = Tokens{8192};
    const auto supervisor = open();
    for (const ServeOptions& options : {small_options(), several, drafting, short_cells}) {
        const Result<Lease> lease = supervisor->acquire("smollm2:135m", small_, options, {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        ask(*lease);
        const auto news = supervisor->keep_reports();
        ASSERT_TRUE(news) << news.error().message();
        EXPECT_THAT(*news, testing::IsEmpty());
    }
    const auto loads = kept();
    ASSERT_EQ(loads.size(), 4U);
    for (const LoadRecord& load : loads)
        expect_agreement(load);
}

TEST_F(EngineReports, TheProgramKeepsAndShowsThem) {
    const auto hearth = [&](std::vector<std::string> arguments) {
        std::vector<std::string> argv = {HEARTH_PROGRAM};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        auto environment = os::environment_of({"PATH", "HOME", "TMPDIR"});
        environment.emplace_back("HEARTH_HOME", folder_.path().string());
        const auto exit = os::run({.argv = argv, .environment = environment});
        EXPECT_TRUE(exit && exit->ok()) << exit->err;
        return exit ? exit->out : std::string();
    };
    EXPECT_THAT(hearth({"plan", "--check"}), testing::HasSubstr("Nothing was compared yet"));
    hearth({"run", "smollm2:135m", long_text(), "--max-tokens", "40"});
    const json::value check = *parse_json(hearth({"plan", "smollm2:135m", "--check", "--json"}));
    EXPECT_EQ(integer_member(check, "misses"), 0) << json::serialize(check);
    const json::array* loads = array_member(check, "loads");
    ASSERT_TRUE(loads != nullptr && loads->size() == 1) << json::serialize(check);
    EXPECT_GE(array_member(loads->at(0), "parts")->size(), 5U);
    EXPECT_THAT(hearth({"doctor"}), testing::HasSubstr("models took the memory that was planned"));
}

class ServeReports : public EngineReports, public serve::RunningServer {};

TEST_F(ServeReports, AServerKeepsThemWhileItRuns) {
    prepare(paths_, net::UnixAddress{folder_.path() / "hearth.sock"});
    start();
    json::object body;
    body["model"] = "smollm2:135m";
    body["max_tokens"] = 8;
    body["messages"] = json::array{json::object{{"role", "user"}, {"content", long_text()}}};
    const net::HttpResponse answer = send("POST", "/v1/chat/completions", json::serialize(body));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_TRUE(
        happens([&] { return !kept().empty() && find(kept().front(), capacity::kResidentPart) != nullptr; }));
    stop();
    ASSERT_EQ(kept().size(), 1U);
    expect_agreement(kept().front());
}

}  // namespace
}  // namespace hearth::engine
