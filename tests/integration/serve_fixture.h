#pragma once
#include <functional>
#include <gmock/gmock.h>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "integration/engine_fixture.h"
#include "integration/running_server.h"

namespace hearth::serve {

// A stream that the model does not end by itself, whatever a machine's arithmetic makes it say.
constexpr const char* kEndless =
    R"({"model":"smollm2:135m","messages":[{"role":"user","content":"Count to one thousand."}],"temperature":0,)"
    R"("stream":true,"max_tokens":1500,"ignore_eos":true})";

// A server with the smallest model, behind a Unix socket.
class Serve : public engine::EngineTest, public RunningServer {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        prepare(paths_, net::UnixAddress{folder_.path() / "hearth.sock"});
    }

    void TearDown() override {
        stop();
        EXPECT_THAT(engines(), testing::IsEmpty()) << "no engine outlives its server";
    }

    // A request that finds its model loaded and a slot free does not wait, so its answer begins with what the engine says.
    void start_with_model() {
        start();
        ASSERT_EQ(ask("/api/generate", R"({"model":"smollm2:135m"})").status, 200);
    }

    [[nodiscard]] std::vector<pid_t> engines() const {
        return engine::processes_with(paths_.runtime.string() + "/");
    }

    [[nodiscard]] net::HttpResponse ask(const std::string& target, const std::string& body,
                                        const net::BodySink& sink = {}) const {
        return send(body.empty() ? "GET" : "POST", target, body, sink);
    }

    [[nodiscard]] json::value loaded() const {
        return parse_json(ask("/api/ps", "").body).value().at("models");
    }
};

// Long enough to be under way until the test has seen what it waits for.
struct Occupied {
    explicit Occupied(const std::function<void()>& ask) : thread(ask) {}

    ~Occupied() { thread.join(); }

    std::thread thread;
};

}  // namespace hearth::serve
