#include "engine/slot_files.h"

#include <fstream>
#include <gmock/gmock.h>
#include <mutex>

#include "net/test_server.h"
#include "os/files.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;
using net::test::Peer;
using net::test::TestServer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kSlots = R"([{"id":0,"is_processing":false,"n_prompt_tokens":4000},
    {"id":1,"is_processing":false},{"id":2,"is_processing":true,"n_prompt_tokens":4000},
    {"id":3,"is_processing":false,"n_prompt_tokens":20}])";
constexpr const char* kMetrics =
    "# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed\n"
    "# TYPE llamacpp:prompt_tokens_total counter\nllamacpp:prompt_tokens_total 5000\n"
    "llamacpp:prompt_seconds_total 50\nllamacpp:prompt_tokens_seconds 7\n";

// As llama-server: writes a file where it is told to save a slot, and restores one that it wrote.
class FakeEngine {
public:
    explicit FakeEngine(fs::path folder) : folder_(std::move(folder)) {}

    [[nodiscard]] const net::Address& address() const { return server_.address(); }

    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    std::string state = "state";
    std::string restore = "200 OK";

private:
    void answer(Peer& peer) {
        const std::string request = peer.read_request();
        const auto send = [&](const std::string& status, const std::string& body) {
            peer.send("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body);
        };
        if (request.starts_with("GET /slots ")) return send("200 OK", kSlots);
        if (request.starts_with("GET /metrics ")) return send("200 OK", kMetrics);
        {
            const std::lock_guard lock(mutex_);
            asked_.push_back(request.substr(0, request.find(" HTTP")));
        }
        const auto at = request.find(R"({"filename":")") + 13;
        const std::string name = request.substr(at, request.find('"', at) - at);
        if (request.find("action=save") != std::string::npos) {
            std::ofstream(folder_ / name) << state;
            return send("200 OK", "{}");
        }
        if (restore.empty()) return peer.reset();
        send(restore, "{}");
    }

    fs::path folder_;
    std::mutex mutex_;  // guards asked_
    std::vector<std::string> asked_;
    TestServer server_{[this](Peer& peer) { answer(peer); }};
};

class SlotFiles : public testing::Test {
protected:
    void SetUp() override { std::ofstream(use_.model) << "weights"; }

    os::TempDir folder_ = *os::TempDir::create("slot-files-");
    PromptFiles files_{folder_.path(), Bytes{kMiB}};
    PromptUse use_{.model = folder_.path() / "model.gguf", .engine = "e", .context = Tokens{8192}};
    FakeEngine engine_{*files_.folder()};
};

TEST_F(SlotFiles, LongPromptsOfIdleSlotsAreSavedAndComeBack) {
    EXPECT_EQ(save_slots(engine_.address(), files_, use_), 1);
    EXPECT_THAT(engine_.asked(), ElementsAre("POST /slots/0?action=save"));
    const auto restored = restore_slots(engine_.address(), files_, use_, 2);
    ASSERT_TRUE(restored) << restored.error().message();
    EXPECT_EQ(*restored, 1);
    EXPECT_THAT(engine_.asked(), ElementsAre("POST /slots/0?action=save", "POST /slots/0?action=restore"));
    EXPECT_EQ(files_.find(use_, 9).size(), 1U) << "it is there for the next time";
}

TEST_F(SlotFiles, AModelThatWasRemovedMeanwhileLeavesNothing) {
    fs::remove(use_.model);
    EXPECT_EQ(save_slots(engine_.address(), files_, use_), 0);
    EXPECT_THAT(engine_.asked(), IsEmpty());
}

TEST_F(SlotFiles, WhatIsTooLongLeavesNothing) {
    engine_.state = std::string(std::size_t{2} * kMiB, 'x');
    EXPECT_EQ(save_slots(engine_.address(), files_, use_), 0);
    EXPECT_TRUE(fs::is_empty(*files_.folder()));
}

TEST_F(SlotFiles, WhatTheEngineDoesNotTakeIsRemoved) {
    ASSERT_EQ(save_slots(engine_.address(), files_, use_), 1);
    engine_.restore = "400 No";
    EXPECT_EQ(restore_slots(engine_.address(), files_, use_, 2).value_or(-1), 0);
    EXPECT_THAT(files_.find(use_, 9), IsEmpty());
}

TEST_F(SlotFiles, AFileThatKillsTheEngineIsRemoved) {
    ASSERT_EQ(save_slots(engine_.address(), files_, use_), 1);
    engine_.restore.clear();
    const auto restored = restore_slots(engine_.address(), files_, use_, 2);
    ASSERT_FALSE(restored);
    EXPECT_EQ(restored.error().code(), Code::kUnavailable);
    EXPECT_THAT(files_.find(use_, 9), IsEmpty());
}

TEST(HeldPrompts, AreThoseOfIdleSlotsThatHoldSomething) {
    std::vector<std::string> held;
    for (const HeldPrompt& each : held_prompts(kSlots))
        held.push_back(std::to_string(each.slot) + ":" + std::to_string(each.tokens.value));
    EXPECT_THAT(held, ElementsAre("0:4000", "3:20"));
    for (const auto* nonsense :
         {"", "{}", "[1,null]", R"([{"id":-1,"is_processing":false,"n_prompt_tokens":5}])",
          R"([{"id":0,"n_prompt_tokens":5}])"})
        EXPECT_THAT(held_prompts(nonsense), IsEmpty()) << nonsense;
}

TEST(PromptPace, IsTokensForEachSecond) {
    EXPECT_DOUBLE_EQ(prompt_pace(kMetrics), 100);
    EXPECT_EQ(prompt_pace(""), 0);
    EXPECT_EQ(prompt_pace("llamacpp:prompt_tokens_total 5\nllamacpp:prompt_seconds_total 0\n"), 0);
    EXPECT_EQ(prompt_pace("llamacpp:prompt_tokens_total 5\nllamacpp:prompt_seconds_total nan\n"), 0);
}

}  // namespace
}  // namespace hearth::engine
