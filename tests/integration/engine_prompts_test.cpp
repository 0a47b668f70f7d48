// Prompts that a real engine had read, over the end of its child.
#include <fstream>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "engine/prompt_files.h"
#include "integration/engine_fixture.h"
#include "net/http_client.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLong = 1500;

class EnginePrompts : public EngineTest {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        for (int i = 0; i < 300; ++i)
            text_ += " item " + std::to_string(i) + ",";
    }

    // One thread, so that the prompt takes over a second on any machine.
    static ServeOptions options() {
        ServeOptions kept = small_options();
        kept.threads = 1;
        kept.keep_prompts = true;
        return kept;
    }

    static Result<Lease> load(Supervisor& supervisor, const fs::path& file, const ServeOptions& options) {
        Result<Lease> lease = supervisor.acquire("smollm2:135m", file, options, {}, {});
        EXPECT_TRUE(lease) << lease.error().message();
        return lease;
    }

    // How many tokens of a prompt came from the cache; -1 when there was no answer.
    [[nodiscard]] std::int64_t cached(const Lease& lease, const std::string& text) const {
        const json::object body{{"messages", json::array{json::object{{"role", "user"}, {"content", text}}}},
                                {"max_tokens", 4}};
        const auto answer = net::exchange(lease.address, {.method = "POST",
                                                          .target = "/v1/chat/completions",
                                                          .headers = {{"Content-Type", "application/json"}},
                                                          .body = json::serialize(body)});
        if (!answer || answer->status != 200) return -1;
        const auto value = parse_json(answer->body);
        const json::value* timings = value ? member(*value, "timings") : nullptr;
        return timings == nullptr ? -1 : integer_member(*timings, "cache_n").value_or(-1);
    }

    // Loads, asks and unloads.
    [[nodiscard]] std::int64_t round(Supervisor& supervisor, const ServeOptions& options) const {
        const auto lease = load(supervisor, small_, options);
        if (!lease) return -1;
        use_.engine = lease->engine;
        use_.context = lease->context_window;
        return cached(*lease, text_);
    }

    // Loads it and has a short question answered.
    [[nodiscard]] bool answers(Supervisor& supervisor) const {
        const auto lease = load(supervisor, small_, options());
        return lease && cached(*lease, "Hello") >= 0;
    }

    [[nodiscard]] fs::path file() const {
        const auto files = PromptFiles(paths_.cache).find(use_, 1);
        return files.empty() ? fs::path() : files.front();
    }

    std::string text_ = "Remember:";
    mutable PromptUse use_{.model = {}};
};

TEST_F(EnginePrompts, ALongPromptIsThereAgainAfterItsModelWasUnloaded) {
    use_.model = small_;
    auto supervisor = open();
    EXPECT_EQ(round(*supervisor, options()), 0);
    ASSERT_TRUE(supervisor->unload("smollm2:135m"));
    ASSERT_FALSE(file().empty());
    EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_GT(round(*supervisor, options()), kLong);
    supervisor.reset();
    supervisor = open();
    EXPECT_GT(round(*supervisor, options()), kLong) << "also after its server ended";
}

TEST_F(EnginePrompts, NothingIsWrittenUnlessThatIsWanted) {
    use_.model = small_;
    const auto supervisor = open();
    ServeOptions none = options();
    none.keep_prompts = false;
    EXPECT_EQ(round(*supervisor, none), 0);
    ASSERT_TRUE(supervisor->unload("smollm2:135m"));
    EXPECT_FALSE(fs::exists(paths_.cache / "prompts"));
}

TEST_F(EnginePrompts, ADamagedFileHurtsNobody) {
    use_.model = small_;
    const auto supervisor = open();
    EXPECT_EQ(round(*supervisor, options()), 0);
    ASSERT_TRUE(supervisor->unload("smollm2:135m"));
    const std::string whole = *os::read_file(file());
    {
        std::fstream damaged(file(), std::ios::in | std::ios::out | std::ios::binary);
        damaged.seekp(static_cast<std::streamoff>(whole.size() / 2));
        damaged << "damage";
    }
    EXPECT_TRUE(answers(*supervisor));
    EXPECT_TRUE(file().empty()) << "found out by its sum";
    ASSERT_TRUE(supervisor->unload("smollm2:135m"));
    // What has a good sum and is no cache, or not a whole one.
    const PromptFiles files(paths_.cache);
    std::string many = whole;
    many.replace(8, 4, "\xff\xff\xff\x7f");
    for (const std::string& content :
         {std::string("nonsense"), std::string(), whole.substr(0, whole.size() / 3),
          whole.substr(0, 12) + std::string(5000, '\xff'), many}) {
        const std::string name = PromptFiles::fresh_name();
        std::ofstream(*files.folder() / name, std::ios::binary) << content;
        ASSERT_TRUE(files.keep(name, use_, Tokens{kLong}));
        EXPECT_TRUE(answers(*supervisor)) << content.size();
        EXPECT_TRUE(file().empty()) << content.size();
        ASSERT_TRUE(supervisor->unload("smollm2:135m"));
    }
}

}  // namespace
}  // namespace hearth::engine
