// Gaps filled by real models: one that was trained for it, and one that was not.
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "chat/openai_provider.h"
#include "engine/supervisor.h"
#include "model/store.h"
#include "os/paths.h"

namespace hearth::chat {
namespace {

using testing::Each;
using testing::HasSubstr;

class FillWithEngine : public testing::Test {
protected:
    void open(const std::string& name) {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        ::setenv("HEARTH_HOME", home, 1);
        const auto paths = os::paths_from_environment();
        const auto model = model::ModelStore(paths.data / "models").find(name);
        ASSERT_TRUE(model) << model.error().message();
        auto supervisor = engine::Supervisor::open(paths);
        ASSERT_TRUE(supervisor) << supervisor.error().message();
        supervisor_ = std::move(*supervisor);
        auto lease = supervisor_->acquire(model->name, model->file, {.context = {2048}, .slots = 2}, {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        lease_ = std::move(*lease);
        provider_ = make_openai_provider(
            {.address = lease_.address, .model = lease_.model, .context_window = lease_.context_window});
    }

    static FillRequest gap() {
        FillRequest request;
        request.context = {{"test_total.py", "from total import total\n\nassert total([1, 2]) == 3\n"}};
        request.file_name = "total.py";
        request.prefix = "def total(numbers):\n    result = 0\n    for number in numbers:\n";
        request.suffix = "    return result\n";
        request.max_tokens = {24};
        return request;
    }

    std::unique_ptr<engine::Supervisor> supervisor_;
    engine::Lease lease_;
    std::unique_ptr<Provider> provider_;
};

TEST_F(FillWithEngine, AModelThatWasTrainedForItWritesWhatIsMissing) {
    open("qwen2.5-coder:1.5b");
    ASSERT_NE(provider_, nullptr);
    for (const int candidates : {1, 2, 3}) {  // one more than the engine has slots
        auto request = gap();
        request.candidates = candidates;
        const auto reply = provider_->fill(request, {});
        ASSERT_TRUE(reply) << reply.error().message();
        ASSERT_EQ(reply->texts.size(), static_cast<std::size_t>(candidates));
        EXPECT_THAT(reply->texts, Each(HasSubstr("        result += number")));
        EXPECT_GT(reply->usage.generated_tokens.value, 0);
        if (candidates > 1) EXPECT_GT(reply->usage.cached_tokens.value, 0);
    }
}

TEST_F(FillWithEngine, AModelThatWasNotSaysSo) {
    open("smollm2:135m");
    ASSERT_NE(provider_, nullptr);
    const auto reply = provider_->fill(gap(), {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnsupported) << reply.error().message();
}

}  // namespace
}  // namespace hearth::chat
