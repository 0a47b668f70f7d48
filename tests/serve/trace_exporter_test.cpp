#include "serve/trace_exporter.h"

#include <gmock/gmock.h>
#include <mutex>
#include <semaphore>

#include <boost/json.hpp>

#include "core/json.h"
#include "net/test_server.h"

namespace hearth::serve {
namespace {

using net::test::Peer;
using net::test::TestServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kTaken = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

Activity request(const std::string& path) {
    Activity activity;
    activity.method = "GET";
    activity.path = activity.route = path;
    activity.row.time_ms = 1'764'000'000'000;
    return activity;
}

TraceOptions options_for(const std::string& url) {
    return {.url = url, .resource = {{"service.name", "test"}}, .longest_delay = milliseconds(0)};
}

std::string counts(const TraceExporter& exporter) {
    PrometheusText out;
    exporter.write(out);
    return out.take();
}

std::string sent(int count) {
    return "hearth_trace_spans_total{result=\"sent\"} " + std::to_string(count) + "\n";
}

std::string dropped(int count) {
    return "hearth_trace_spans_total{result=\"dropped\"} " + std::to_string(count) + "\n";
}

std::size_t spans_in(const std::string& request_text) {
    const auto body = parse_json(request_text.substr(request_text.find("\r\n\r\n") + 4));
    return body ? body->at_pointer("/resourceSpans/0/scopeSpans/0/spans").as_array().size() : 0;
}

TEST(TraceExporter, PostsSpansWithTheHeadersThatItWasGiven) {
    std::string got;
    const TestServer collector([&](Peer& peer) {
        got = peer.read_request();
        peer.send(kTaken);
    });
    TraceOptions options = options_for(collector.url("/v1/traces"));
    options.headers = {{"api-key", "secret"}};
    TraceExporter exporter(std::move(options));
    exporter.add(request("/v1/models"));
    exporter.close(seconds(30));
    EXPECT_THAT(got, StartsWith("POST /v1/traces HTTP/1.1\r\n"));
    EXPECT_THAT(got, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(got, HasSubstr("\r\napi-key: secret\r\n"));
    EXPECT_EQ(spans_in(got), 1U);
    EXPECT_THAT(counts(exporter), HasSubstr(sent(1)));
}

TEST(TraceExporter, WhatWaitsAtTheEndIsSentInBatches) {
    std::mutex mutex;
    std::vector<std::size_t> batches;
    const TestServer collector([&](Peer& peer) {
        const std::string got = peer.read_request();
        const std::lock_guard lock(mutex);
        batches.push_back(spans_in(got));
        peer.send(kTaken);
    });
    TraceOptions options = options_for(collector.url("/v1/traces"));
    options.longest_delay = seconds(3600);
    options.batch = 4;
    TraceExporter exporter(std::move(options));
    for (int i = 0; i < 3; ++i)
        exporter.add(request("/"));
    exporter.close(seconds(30));
    EXPECT_THAT(batches, testing::ElementsAre(3U)) << "it did not wait for an hour, nor for a full batch";
    EXPECT_THAT(counts(exporter), HasSubstr(sent(3)));
}

TEST(TraceExporter, AFullQueueDropsAndCounts) {
    std::binary_semaphore asked(0);
    std::binary_semaphore go_on(0);
    const TestServer collector([&](Peer& peer) {
        peer.read_request();
        asked.release();
        go_on.acquire();
        peer.send(kTaken);
        go_on.release();
    });
    TraceOptions options = options_for(collector.url("/v1/traces"));
    options.queue = 2;
    TraceExporter exporter(std::move(options));
    exporter.add(request("/"));
    asked.acquire();  // that one is on its way, the queue is empty
    for (int i = 0; i < 5; ++i)
        exporter.add(request("/"));
    EXPECT_THAT(counts(exporter), HasSubstr(dropped(3)));
    go_on.release();
    exporter.close(seconds(30));
    EXPECT_THAT(counts(exporter), HasSubstr(sent(3)));
    EXPECT_THAT(counts(exporter), HasSubstr(dropped(3)));
}

TEST(TraceExporter, ACollectorThatHangsHoldsNobodyUpAtTheEnd) {
    std::binary_semaphore asked(0);
    const TestServer collector([&](Peer& peer) {
        peer.read_request();
        asked.release();
        peer.wait_for_close();
    });
    TraceExporter exporter(options_for(collector.url("/v1/traces")));
    exporter.add(request("/"));
    asked.acquire();
    exporter.add(request("/"));
    exporter.close(milliseconds(50));
    EXPECT_THAT(counts(exporter), HasSubstr(dropped(2)));
}

TEST(TraceExporter, ABusyCollectorIsAskedAgain) {
    std::atomic<int> asked = 0;
    std::binary_semaphore taken(0);
    const TestServer collector([&](Peer& peer) {
        peer.read_request();
        if (++asked == 1) {
            peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        peer.send(kTaken);
        taken.release();
    });
    std::mutex mutex;
    std::vector<std::string> told;
    TraceOptions options = options_for(collector.url("/v1/traces"));
    options.on_change = [&](const std::string& words) {
        const std::lock_guard lock(mutex);
        told.push_back(words);
    };
    TraceExporter exporter(std::move(options));
    exporter.add(request("/"));
    taken.acquire();
    exporter.close(seconds(30));
    EXPECT_THAT(counts(exporter), HasSubstr(sent(1)));
    EXPECT_THAT(told, testing::ElementsAre(HasSubstr("503"), HasSubstr("again")));
}

TEST(TraceExporter, WhatACollectorDoesNotWantIsDropped) {
    const TestServer collector([&](Peer& peer) {
        const std::string got = peer.read_request();
        peer.send(got.find("/partly") != std::string::npos
                      ? "HTTP/1.1 200 OK\r\nContent-Length: "
                        "40\r\n\r\n{\"partialSuccess\":{\"rejectedSpans\":\"1\"}}"
                      : "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
    });
    for (const auto* path : {"/partly", "/not"}) {
        TraceExporter exporter(options_for(collector.url(path)));
        exporter.add(request("/"));
        exporter.close(seconds(30));
        EXPECT_THAT(counts(exporter), HasSubstr(dropped(1))) << path;
        EXPECT_THAT(counts(exporter), HasSubstr(sent(0))) << path;
    }
}

}  // namespace
}  // namespace hearth::serve
