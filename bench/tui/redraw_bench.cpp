// What a change costs in a session with few and with many messages: one more piece of an answer, and all again after a resize.
#include <benchmark/benchmark.h>
#include <string>

#include "agent/session.h"
#include "tui/session_view.h"

namespace hearth::tui {
namespace {

class NoDesk final : public Desk {
public:
    void send(const agent::RpcCommand& /*command*/) override {}

    DeskFacts facts() override {
        return {.folder = "~/project", .branch = "main", .model = "test/a", .window = 8192};
    }

    Result<std::vector<Choice>> sessions() override { return std::vector<Choice>(); }

    Result<std::vector<Choice>> models() override { return std::vector<Choice>(); }

    std::vector<Choice> files() override { return {}; }

    Result<Theme> theme(const std::string& /*name*/) override { return dark_theme(); }

    std::vector<Choice> commands() override { return {}; }

    Result<PlanReply> plan(const std::string& /*words*/) override { return PlanReply(); }

    PlanNews plan_news() override { return {}; }

    bool running() override { return false; }

    void look(
        const std::function<void(const std::vector<agent::Entry>&, const std::string&)>& /*look*/) override {}

    Result<std::string> edit(const std::string& text) override { return text; }

    void suspend() override {}

    void copy(const std::string& /*text*/) override {}
};

constexpr Size kSize{50, 120};

void fill(SessionView& view, Screen& screen, std::int64_t messages) {
    for (std::int64_t i = 0; i < messages; ++i)
        view.say(i % 2 == 0 ? Block::Kind::kUser : Block::Kind::kAnswer,
                 "Some *words* about `code` " + std::to_string(i) + "\n\n- one\n- two\n");
    const auto frame = view.frame(kSize, 0);
    benchmark::DoNotOptimize(screen.draw(frame.done, frame.live, frame.cursor));
}

void one_more_piece(benchmark::State& state) {
    NoDesk desk;
    SessionView view(desk, Keymap::defaults(), dark_theme());
    Screen screen(kSize, ColourDepth::kTrue);
    fill(view, screen, state.range(0));
    view.event(agent::MessageBegan{R"({"role":"assistant"})"}, nullptr);
    for ([[maybe_unused]] auto _ : state) {
        view.event(agent::MessagePiece{chat::TextDelta{0, "word "}}, nullptr);
        const auto frame = view.frame(kSize, 0);
        benchmark::DoNotOptimize(screen.draw(frame.done, frame.live, frame.cursor));
    }
}

void all_again(benchmark::State& state) {
    NoDesk desk;
    SessionView view(desk, Keymap::defaults(), dark_theme());
    Screen screen(kSize, ColourDepth::kTrue);
    fill(view, screen, state.range(0));
    for ([[maybe_unused]] auto _ : state) {
        screen.resize(kSize);
        const auto frame = view.frame(kSize, 0);
        benchmark::DoNotOptimize(screen.redraw(
            view.history(static_cast<std::size_t>(kSize.rows), kSize.columns), frame.live, frame.cursor));
    }
}

BENCHMARK(one_more_piece)->Arg(100)->Arg(10'000)->Iterations(200);
BENCHMARK(all_again)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace hearth::tui
