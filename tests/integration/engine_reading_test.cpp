// Whose prompt a real engine reads when several wait (engine/read_order.patch). Compared are the seconds that the engine itself says it had a
// prompt in its steps, so that a busy machine makes both sides longer.
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "integration/engine_fixture.h"
#include "net/http_client.h"

namespace hearth::engine {
namespace {

constexpr int kBatch = 128;  // tokens of a step

struct Reading {
    double seconds = 0;  // in which the engine had it in its steps
    double tokens = 0;   // that it read

    [[nodiscard]] double of_a_step() const { return seconds / tokens * kBatch; }
};

class EngineReading : public EngineTest {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        supervisor_ = open();
        Result<Lease> lease = supervisor_->acquire("smollm2:135m", small_,
                                                   {.context = Tokens{4096},
                                                    .slots = 4,
                                                    .threads = 1,
                                                    .edit_speculation = false,
                                                    .shared_prompt = false,
                                                    .batch = kBatch},
                                                   {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        lease_ = *std::move(lease);
        std::ignore = read(words("warm", 40));
        alone_ = read(words("alone", 400));
        ASSERT_GT(alone_.tokens, 8 * kBatch);
    }

    // Some four tokens a word. No two begin alike, so none finds another in the cache.
    static std::string words(const std::string& first, int count) {
        std::string text = first;
        for (int i = 0; i < count; ++i)
            text += fmt::format(" w{}", i);
        return text;
    }

    [[nodiscard]] Reading read(const std::string& prompt) const {
        const json::object body{{"prompt", prompt}, {"n_predict", 1}, {"cache_prompt", true}};
        const auto answer = net::exchange(lease_.address, {.method = "POST",
                                                           .target = "/completion",
                                                           .headers = {{"Content-Type", "application/json"}},
                                                           .body = json::serialize(body)});
        const auto value = answer ? parse_json(answer->body) : Result<json::value>(answer.error());
        const json::value* timings = value ? member(*value, "timings") : nullptr;
        if (timings == nullptr) {
            ADD_FAILURE() << (answer ? answer->body : answer.error().message());
            return {};
        }
        return {.seconds = number_member(*timings, "prompt_ms").value_or(0) / 1000,
                .tokens = number_member(*timings, "prompt_n").value_or(0)};
    }

    std::unique_ptr<Supervisor> supervisor_;
    Lease lease_;
    Reading alone_;
};

TEST_F(EngineReading, AFewWordsHaveAStepOfTheirOwnBesideALongPrompt) {
    std::atomic<bool> ended = false;
    std::thread other([&] {
        std::ignore = read(words("long", 400));
        ended = true;
    });
    std::vector<double> seconds;
    for (int i = 0; i < 30 && !ended; ++i) {
        const Reading few = read(fmt::format("{} is a number.", i));
        if (!ended) seconds.push_back(few.seconds);
    }
    other.join();
    ASSERT_GE(seconds.size(), 3U);
    std::ranges::sort(seconds);
    EXPECT_LT(seconds[seconds.size() / 2], alone_.of_a_step() / 2)
        << "as long as a step that the long prompt fills";
}

TEST_F(EngineReading, ManyShortPromptsDoNotStopALongOne) {
    std::atomic<bool> ended = false;
    std::atomic<int> number = 0;
    std::vector<std::thread> others;
    for (int i = 0; i < 3; ++i)
        others.emplace_back([&] {
            while (!ended)
                std::ignore = read(words(fmt::format("{} short", ++number), 30));
        });
    EXPECT_TRUE(happens([&] { return number > 6; }));
    const Reading among = read(words("among", 400));
    ended = true;
    for (std::thread& other : others)
        other.join();
    EXPECT_GT(number, 10);
    EXPECT_LT(among.of_a_step(), alone_.of_a_step() * 2) << "a quarter more, and what a token of each takes";
}

}  // namespace
}  // namespace hearth::engine
