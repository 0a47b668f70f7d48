#include "serve/metrics.h"

#include <gmock/gmock.h>

namespace hearth::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

Activity answered() {
    Activity activity;
    activity.route = "/api/chat";
    activity.row.dialect = "ollama";
    activity.row.model = "small";
    activity.row.key = "key_1";
    activity.row.prompt = Tokens{100};
    activity.row.cached = Tokens{60};
    activity.row.generated = Tokens{7};
    activity.row.first_token_seconds = 0.2;
    activity.row.queue_seconds = 40;
    activity.row.total_seconds = 700;
    return activity;
}

TEST(PrometheusText, EscapesLabels) {
    PrometheusText out;
    out.family("a_total", "counter", "Words.");
    out.sample({{"x", "a\"b\\c\nd\xff"}, {"y", ""}}, 2);
    EXPECT_EQ(out.take(),
              "# HELP a_total Words.\n# TYPE a_total counter\n"
              "a_total{x=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD\",y=\"\"} 2\n");
}

TEST(PrometheusText, BucketsOfAHistogramHoldAllThatIsShorter) {
    Histogram histogram;
    histogram.add(0.05);
    histogram.add(3);
    histogram.add(10'000);
    histogram.add(-1);
    PrometheusText out;
    out.family("h", "histogram", "Times.");
    out.sample({}, histogram);
    const std::string text = out.take();
    EXPECT_THAT(text, HasSubstr("h_bucket{le=\"0.05\"} 2\n")) << "a bound is in its bucket";
    EXPECT_THAT(text, HasSubstr("h_bucket{le=\"2.5\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("h_bucket{le=\"5\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("h_bucket{le=\"600\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("h_bucket{le=\"+Inf\"} 4\nh_sum 10003.05\nh_count 4\n"));
}

TEST(Metrics, CountsByModelAndKey) {
    Metrics metrics;
    metrics.count(answered());
    metrics.count(answered());
    const std::string text = metrics.text({}, {}, Bytes{4096});
    EXPECT_THAT(text,
                HasSubstr(R"(hearth_requests_total{dialect="ollama",route="/api/chat",status="200"} 2)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_prompt_tokens_total{model="small",key="key_1"} 200)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_cached_tokens_total{model="small",key="key_1"} 120)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_generated_tokens_total{model="small",key="key_1"} 14)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_first_token_seconds_bucket{model="small",le="0.25"} 2)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_queue_seconds_count{model="small"} 2)"));
    EXPECT_THAT(text, HasSubstr(R"(hearth_request_seconds_sum{model="small"} 1400)"));
    EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes 4096\n"));
}

TEST(Metrics, ARefusedRequestSaysNothingAboutTheTimesOfItsModel) {
    Metrics metrics;
    Activity refused = answered();
    refused.row.end = guard::EndReason::kRefused;
    refused.row.status = 429;
    refused.row.first_token_seconds = 0;
    metrics.count(refused);
    const std::string text = metrics.text({}, {}, Bytes{0});
    EXPECT_THAT(text, HasSubstr(R"(status="429"} 1)"));
    EXPECT_THAT(text, Not(HasSubstr("hearth_request_seconds_count")));
}

TEST(Metrics, ShowsTheModelsThatThereAre) {
    const LoadedModel model{
        .name = "small", .serves = "small", .slots = 2, .running = 1, .waiting = 3, .memory = Bytes{1000}};
    const std::string text = Metrics().text({model}, {}, Bytes{0});
    EXPECT_THAT(text, HasSubstr("hearth_model_running{model=\"small\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("hearth_model_waiting{model=\"small\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("hearth_model_memory_bytes{model=\"small\"} 1000\n"));
}

TEST(Metrics, ShowsTheServersElsewhere) {
    const RemoteState up{
        .name = "desk2", .good = true, .problem = {}, .models = 1, .requests = 5, .failures = 2};
    const RemoteState down{
        .name = "gpu", .good = false, .problem = "off", .models = 0, .requests = 0, .failures = 0};
    const std::string text = Metrics().text({}, {up, down}, Bytes{0});
    EXPECT_THAT(text,
                HasSubstr("hearth_remote_up{remote=\"desk2\"} 1\nhearth_remote_up{remote=\"gpu\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("hearth_remote_requests_total{remote=\"desk2\"} 5\n"));
    EXPECT_THAT(text, HasSubstr("hearth_remote_failures_total{remote=\"desk2\"} 2\n"));
}

}  // namespace
}  // namespace hearth::serve
