// What clients of Ollama do with models over HTTP: pull, create, copy, delete, and files that they send; in a store of its own, with a
// registry of the test.
#include <fmt/format.h>
#include <future>
#include <gmock/gmock.h>
#include <thread>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "engine/prompt_files.h"
#include "guard/key_book.h"
#include "integration/engine_fixture.h"
#include "integration/running_server.h"
#include "model/fake_registry.h"
#include "model/support.h"
#include "net/http_client.h"
#include "serve/server.h"

namespace hearth::serve {
namespace {

using engine::happens;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kModel = "smollm2:135m";

class ServeManage : public engine::EngineTest, public RunningServer {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        own_store();
        prepare(paths_, net::UnixAddress{folder_.path() / "hearth.sock"});
        settings_.pool.foreign_stores = {folder_.path() / "ollama"};
        start();
    }

    void TearDown() override { stop(); }

    // The small model by a link, so that nothing of the shared store is changed.
    void own_store() {
        const auto models = paths_.data / "models";
        const auto real = std::filesystem::read_symlink(models);
        const auto found = model::ModelStore(real).find(kModel);
        ASSERT_TRUE(found);
        std::filesystem::remove(models);
        std::filesystem::create_directories(models / "blobs");
        std::filesystem::create_directories(models / "manifests");
        std::filesystem::copy_file(real / "manifests" / (std::string(kModel) + ".json"),
                                   models / "manifests" / (std::string(kModel) + ".json"));
        std::filesystem::create_symlink(found->file, models / "blobs" / found->file.filename());
        hash_ = found->sha256;
    }

    [[nodiscard]] net::HttpResponse post(const std::string& target, const std::string& body) const {
        return send("POST", target, body);
    }

    [[nodiscard]] model::ModelStore store() const { return model::ModelStore(paths_.data / "models"); }

    [[nodiscard]] net::HttpResponse chat(const std::string& name) const {
        return post("/api/chat",
                    R"({"model":")" + name +
                        R"(","stream":false,"messages":[{"role":"user","content":"Count to ten."}],)"
                        R"("options":{"num_predict":4}})");
    }

    std::string hash_;
};

std::string named(const std::string& name) { return R"({"model":")" + name + R"("})"; }

TEST_F(ServeManage, AModelIsCopiedUsedAndDeleted) {
    EXPECT_EQ(post("/api/copy", R"({"source":"smollm2:135m","destination":"Mine"})").status, 200);
    EXPECT_EQ(chat("mine:latest").status, 200);
    EXPECT_EQ(send("DELETE", "/api/delete", named("mine")).status, 200);
    EXPECT_EQ(chat("mine").status, 404);
    EXPECT_EQ(send("DELETE", "/api/delete", named("mine")).status, 404);
    EXPECT_EQ(post("/api/copy", R"({"source":"absent","destination":"mine"})").status, 404);
    EXPECT_EQ(post("/api/copy", R"({"source":"smollm2:135m","destination":"../mine"})").status, 400);
    EXPECT_EQ(
        send("DELETE", "/api/delete", named((paths_.data / "models" / "blobs" / "x.gguf").string())).status,
        400);
}

TEST_F(ServeManage, ADeletedModelTakesItsPromptsWithIt) {
    const auto installed = store().find(kModel);
    ASSERT_TRUE(installed);
    const engine::PromptFiles files(paths_.cache);
    const engine::PromptUse use{.model = installed->file, .engine = "e", .context = Tokens{2048}};
    const std::string name = engine::PromptFiles::fresh_name();
    std::ofstream(*files.folder() / name) << "what somebody said";
    ASSERT_TRUE(files.keep(name, use, Tokens{1000}));
    ASSERT_EQ(send("DELETE", "/api/delete", named(kModel)).status, 200);
    EXPECT_TRUE(std::filesystem::is_empty(*files.folder()));
}

TEST_F(ServeManage, AModelInUseIsNotDeleted) {
    net::HttpResponse refused;
    const auto stream =
        send("POST", "/api/generate", R"({"model":"smollm2:135m","prompt":"Count to one thousand."})",
             [&](int, std::string_view) {
                 refused = send("DELETE", "/api/delete", named(kModel));
                 return false;
             });
    EXPECT_EQ(refused.status, 409) << stream.body;
    EXPECT_THAT(refused.body, HasSubstr("is in use"));
    EXPECT_TRUE(store().find(kModel));
}

TEST_F(ServeManage, AFileIsSentAndBecomesAModelWithItsDefaults) {
    const auto bytes = os::read_file(store().find(kModel)->file, std::size_t{1} << 30U);
    ASSERT_TRUE(bytes);
    const std::string mine = *bytes + "mine";  // more than a body in memory may have
    const std::string digest = "sha256:" + os::sha256(mine);
    EXPECT_EQ(send("HEAD", "/api/blobs/" + digest).status, 404);
    const auto wrong = post("/api/blobs/sha256:" + std::string(64, '0'), mine);
    EXPECT_EQ(wrong.status, 400);
    EXPECT_THAT(wrong.body, HasSubstr("digest mismatch"));
    EXPECT_TRUE(std::filesystem::is_empty(store().uploads())) << "nothing is left of it";
    EXPECT_EQ(post("/api/blobs/" + digest, mine).status, 201);
    EXPECT_EQ(post("/api/blobs/" + digest, mine).status, 200) << "it is here";
    EXPECT_EQ(send("HEAD", "/api/blobs/" + digest).status, 200);
    EXPECT_EQ(post("/api/blobs/sha256:x", "x").status, 400);
    const auto made =
        post("/api/create",
             R"({"model":"sent:1","files":{"m.gguf":")" + digest +
                 R"("},"system":"You are a very terse assistant.","parameters":{"num_predict":3}})");
    EXPECT_EQ(made.status, 200);
    EXPECT_THAT(made.body, EndsWith("{\"status\":\"success\"}\n"));
    EXPECT_EQ(store().find("sent:1")->manifest.defaults.parameters, R"({"num_predict":3})");
    const auto ask = [&](const std::string& name) {
        const auto answer =
            post("/api/chat", R"({"model":")" + name +
                                  R"(","stream":false,"messages":[{"role":"user","content":"Count."}]})");
        return parse_json(answer.body).value();
    };
    const auto answer = ask("sent:1");
    EXPECT_EQ(answer.at("eval_count"), 3);
    ASSERT_EQ(post("/api/create", R"({"model":"open:1","from":"sent:1","system":""})").status, 200);
    const auto open = ask("open:1");
    EXPECT_EQ(open.at("eval_count"), 3) << "what the new one leaves open comes from the first";
    EXPECT_NE(open.at("prompt_eval_count"), answer.at("prompt_eval_count")) << "one has a system message";
    EXPECT_THAT(post("/api/show", named("sent:1")).body, HasSubstr("You are a very terse assistant."));
}

TEST_F(ServeManage, AFileThatIsNoModelBecomesNone) {
    const std::string digest = "sha256:" + os::sha256("plain text");
    EXPECT_EQ(post("/api/blobs/" + digest, "plain text").status, 201);
    const auto made = post("/api/create", R"({"model":"text","files":{"m":")" + digest + R"("}})");
    EXPECT_THAT(made.body, HasSubstr("\"error\""));
    EXPECT_THAT(made.body, Not(HasSubstr("success")));
    EXPECT_FALSE(store().find("text"));
}

TEST_F(ServeManage, AModelIsPulledFromARegistry) {
    model::test::FakeRegistry registry;
    registry.add("model", model::test::small_model());
    const auto pulled = post("/api/pull", named(registry.name()));
    EXPECT_EQ(pulled.status, 200);
    EXPECT_THAT(pulled.body, HasSubstr("{\"status\":\"pulling manifest\"}\n"));
    EXPECT_THAT(pulled.body, HasSubstr("\"digest\":\"sha256:" + os::sha256(model::test::small_model())));
    EXPECT_THAT(pulled.body, EndsWith("{\"status\":\"writing manifest\"}\n{\"status\":\"success\"}\n"));
    EXPECT_TRUE(store().find(registry.name()));
    const auto again = post("/api/pull", R"({"model":")" + registry.name() + R"(","stream":false})");
    EXPECT_EQ(again.body, R"({"status":"success"})");
    const auto absent =
        post("/api/pull", R"({"model":")" + registry.host() + R"(/someone/absent","stream":false})");
    EXPECT_EQ(absent.status, 404);
    EXPECT_THAT(post("/api/pull", "{}").body, HasSubstr("model is required"));
}

TEST_F(ServeManage, TwoPullsOfAModelShareOneDownload) {
    model::test::FakeRegistry registry;
    const auto content = model::test::small_model();
    registry.add("model", content);
    std::promise<void> go;
    const auto gone = go.get_future().share();
    registry.before_blob = [gone] { gone.wait(); };
    std::vector<std::thread> clients;
    std::atomic<int> succeeded = 0;
    for (int i = 0; i < 2; ++i)
        clients.emplace_back([&] {
            if (post("/api/pull", named(registry.name())).body.ends_with("{\"status\":\"success\"}\n"))
                ++succeeded;
        });
    const auto manifests = [&] {
        const auto asked = registry.asked();
        return std::ranges::count_if(asked, [](const auto& each) { return each.contains("/manifests/"); });
    };
    EXPECT_TRUE(happens([&] { return manifests() == 2; }));
    go.set_value();
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(succeeded, 2);
    const auto asked = registry.asked();
    EXPECT_EQ(std::ranges::count_if(asked, [](const auto& each) { return each.contains("/blobs/"); }), 2)
        << "one looks whether a token is needed, one fetches";
}

TEST_F(ServeManage, AClientThatGoesAwayStopsItsPullAndTheNextGoesOn) {
    model::test::FakeRegistry registry;
    const auto content = model::test::small_model();
    registry.add("model", content);
    std::promise<void> go;
    const auto gone = go.get_future().share();
    registry.before_blob = [gone] { gone.wait(); };
    const auto left =
        send("POST", "/api/pull", named(registry.name()), [](int, std::string_view) { return false; });
    EXPECT_EQ(left.status, 0);
    EXPECT_TRUE(happens([&] { return store().lock_pull(os::sha256(content)).has_value(); }))
        << "nobody pulls";
    EXPECT_FALSE(store().find(registry.name()));
    go.set_value();
    EXPECT_THAT(post("/api/pull", named(registry.name())).body, HasSubstr("success"));
    EXPECT_TRUE(store().find(registry.name()));
}

TEST_F(ServeManage, AModelOfOllamasStoreIsServedAndNotTouched) {
    const auto ollama = settings_.pool.foreign_stores.front();
    const auto blob = ollama / "blobs" / ("sha256-" + hash_);
    const auto file = store().find(kModel)->file;
    std::filesystem::create_directories(blob.parent_path());
    std::filesystem::create_symlink(std::filesystem::read_symlink(file), blob);
    model::test::write_file(
        ollama / "manifests" / "registry.ollama.ai" / "library" / "theirs" / "latest",
        fmt::format(R"({{"schemaVersion":2,"layers":[{{"mediaType":"application/vnd.ollama.image.model",)"
                    R"("digest":"sha256:{}","size":{}}}]}})",
                    hash_, std::filesystem::file_size(file)));
    EXPECT_THAT(send("GET", "/api/tags").body, HasSubstr("theirs:latest"));
    EXPECT_EQ(chat("theirs").status, 200);
    const auto refused = send("DELETE", "/api/delete", named("theirs"));
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.body, HasSubstr("ollama rm theirs:latest"));
    EXPECT_TRUE(std::filesystem::exists(blob));
    EXPECT_EQ(post("/api/copy", R"({"source":"theirs","destination":"ours"})").status, 200);
    EXPECT_TRUE(store().find("ours"));
}

TEST_F(ServeManage, AKeyManagesAndPullsOnlyWhereItMay) {
    auto keys = guard::KeyBook::open(paths_.data / "keys.db");
    ASSERT_TRUE(keys) << keys.error().message();
    const auto key = keys->create({.name = "talker", .routes = {guard::Route::kChat}}, unix_ms_now());
    ASSERT_TRUE(key);
    const std::string place = "/k/" + key->secret;
    EXPECT_EQ(post(place + "/api/pull", named("127.0.0.1:1/a/b")).status, 403);
    EXPECT_EQ(post(place + "/api/copy", R"({"source":"smollm2:135m","destination":"x"})").status, 403);
    EXPECT_EQ(post(place + "/api/create", R"({"model":"x","from":"smollm2:135m"})").status, 403);
    EXPECT_EQ(post(place + "/api/blobs/sha256:" + hash_, "x").status, 403);
    EXPECT_EQ(send("DELETE", place + "/api/delete", named(kModel)).status, 403);
    EXPECT_TRUE(store().find(kModel));
}

}  // namespace
}  // namespace hearth::serve
