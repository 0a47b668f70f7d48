#include <cstdio>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "app/cloud_models.h"
#include "app/engine_provider.h"
#include "app/exit_status.h"
#include "app/lifecycle_render.h"
#include "app/model_access.h"
#include "app/options.h"
#include "app/prompt_input.h"
#include "app/render.h"
#include "app/run_render.h"
#include "app/verbs.h"
#include "chat/conversation.h"
#include "chat/thinking.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxInput = std::size_t{16} << 20U;
constexpr double kTemperature = 0.7;

constexpr const char* kFooter =
    "Examples:\n"
    "  hearth run qwen2.5-coder:1.5b                      chat on this terminal\n"
    "  hearth run qwen2.5-coder:1.5b \"What is RAII?\"      one question\n"
    "  git diff | hearth run qwen2.5-coder:1.5b \"Write a commit message for this change.\"\n"
    "  hearth run anthropic/MODEL \"What is RAII?\"        a model elsewhere, with the key in "
    "ANTHROPIC_API_KEY\n\n"
    "Text from a pipe follows the prompt. In a chat, Ctrl-C stops an answer, /help shows the commands.";

constexpr const char* kHelp =
    "  /clear   forget what was said (the system prompt stays)\n"
    "  /help    this list\n"
    "  /bye     leave (also Ctrl-D, or Ctrl-C at the prompt)\n"
    "A line that ends with \\ goes on in the next. Ctrl-C stops an answer.\n";

struct RunWish {
    std::string model;
    std::vector<std::string> words;
    std::string system;
    std::optional<double> temperature;  // without it 0.7; a model elsewhere then has its own
    std::string thinking;
    std::optional<std::int64_t> seed;
    std::int64_t max_tokens = 0;
    std::int64_t context = 8192;
    bool as_json = false;
    bool stats = false;
};

// The installed model; for one that is only in the catalogue the error has the command that gets it.
Result<model::InstalledModel> find_model(const std::string& name) {
    auto found = model_store().find(name);
    if (found || found.error().code() != Code::kNotFound || name.contains('/') || name.ends_with(".gguf")) {
        return found;
    }
    const auto catalogue = TRY(model_catalogue());
    const auto entry = TRY(catalogue.find(name));
    if (entry.lifecycle.status == model::Listing::kDelisted)
        return model::delisted_error(catalogue.lifecycle_of(entry));
    return Error(Code::kNotFound, fmt::format("{} is not installed yet ({}); get it with: hearth pull {}",
                                              entry.name, human_bytes(entry.size), entry.name));
}

chat::Request settings_of(const RunWish& wish, chat::ThinkingLevel thinking) {
    chat::Request request;
    if (!wish.system.empty()) request.messages.push_back({.role = chat::Role::kSystem, .text = wish.system});
    request.sampling.temperature = wish.temperature.value_or(kTemperature);
    request.sampling.seed = wish.seed;
    request.max_tokens = {wish.max_tokens};
    request.thinking = thinking;
    return request;
}

// The question of a run that is no chat: the words of the command line, then what comes through a pipe.
Result<std::string> whole_question(const RunWish& wish, PromptInput& input) {
    std::string question = join(wish.words, " ");
    if (is_terminal(STDIN_FILENO)) return question;
    const auto piped = TRY(input.all(kMaxInput, [] {
        fmt::print(stderr, "hearth: waiting for standard input to end (without one: </dev/null)\n");
    }));
    if (const auto text = trim(piped); !text.empty()) {
        if (!question.empty()) question += "\n\n";
        question += text;
    }
    if (trim(question).empty()) {
        return Error(Code::kInvalidInput, "there is no question: give a PROMPT or text on standard input");
    }
    return question;
}

Result<std::unique_ptr<EngineProvider>> load(const model::InstalledModel& model, const RunWish& wish,
                                             Interrupts& interrupts) {
    const auto title = "loading " + model.name;
    Progress loading(title);
    engine::ServeOptions options;
    options.context = {wish.context};
    options.edit_speculation = false;  // pays for edits, not for prose
    Result<std::unique_ptr<EngineProvider>> provider(nullptr);
    interrupts.during([&](std::stop_token stop) {
        provider = EngineProvider::open(
            os::paths_from_environment(), model, options,
            [&](const engine::LoadProgress& progress) {
                loading.update(progress.fraction, progress.step == title ? "" : progress.step);
            },
            stop);
    });
    return provider;
}

// One running model and what is said to it.
class Run {
public:
    // `engine` is null for a model elsewhere.
    Run(chat::Provider& provider, const EngineProvider* engine, Interrupts& interrupts, const RunWish& wish,
        chat::ThinkingLevel thinking, RunFacts facts)
        : provider_(provider),
          engine_(engine),
          interrupts_(interrupts),
          wish_(wish),
          talk_(settings_of(wish, thinking)),
          facts_(std::move(facts)) {}

    // Asks and shows the answer as it comes.
    Result<chat::Reply> ask(std::string question) {
        AnswerPrinter printer;
        int restarts = engine_restarts();
        const chat::EventSink sink = [&](const chat::Event& event) {
            if (std::exchange(restarts, engine_restarts()) != engine_restarts()) {
                printer.end();
                fmt::print(stderr, "[the engine ended and was started again; the answer begins anew]\n");
            }
            if (!wish_.as_json) printer.show(event);
            return true;
        };
        Result<chat::Reply> reply(chat::Reply{});
        interrupts_.during(
            [&](std::stop_token stop) { reply = talk_.ask(provider_, std::move(question), sink, stop); });
        printer.end();
        if (reply) conclude(*reply);
        return reply;
    }

    int chat(PromptInput& input) {
        fmt::print(stderr, "{} ({} tokens of context). /help shows the commands.\n", facts_.model,
                   provider_.context_window().value);
        while (true) {
            auto question = next_question(input);
            if (!question) return report(question.error());
            if (!*question) {
                fmt::print(stderr, "\n");
                return interrupts_.terminated() ? exit_status(Code::kCancelled) : 0;
            }
            const auto text = trim(**question);
            if (text.empty()) continue;
            if (text == "/bye" || text == "/exit" || text == "/quit") return 0;
            if (text == "/help" || text == "/?") {
                fmt::print(stderr, "{}", kHelp);
            } else if (text == "/clear") {
                talk_.clear();
                fmt::print(stderr, "Forgotten.\n");
            } else if (text.starts_with('/') && !text.contains(' ') && !text.substr(1).contains('/')) {
                fmt::print(stderr, "There is no command {}.\n{}", printable(text), kHelp);
            } else if (const auto reply = ask(std::string(text)); !reply) {
                if (interrupts_.terminated()) return exit_status(Code::kCancelled);
                explain(reply.error());
            }
        }
    }

private:
    [[nodiscard]] int engine_restarts() const { return engine_ == nullptr ? 0 : engine_->restarts(); }

    void conclude(const chat::Reply& reply) {
        if (wish_.as_json) fmt::print("{}\n", answer_json(reply, facts_));
        if (reply.answers.front().reason == chat::StopReason::kLength && !wish_.as_json) {
            fmt::print(stderr, "[cut off: {}]\n",
                       wish_.max_tokens > 0 && reply.usage.generated_tokens.value >= wish_.max_tokens
                           ? "--max-tokens is reached"
                           : "the context window is full");
        }
        if (wish_.stats) fmt::print(stderr, "[{}]\n", stats_line(reply.usage, facts_));
        facts_.load_seconds = 0;  // only the first answer waited for it
    }

    static void explain(const Error& error) {
        if (error.code() == Code::kCancelled) {
            fmt::print(stderr, "[stopped]\n");
        } else {
            fmt::print(stderr, "hearth: {}\n", error.message());
            if (error.code() == Code::kInvalidInput) fmt::print(stderr, "(/clear starts over)\n");
        }
    }

    // A line, or several that are joined by '\' at their ends.
    static Result<std::optional<std::string>> next_question(PromptInput& input) {
        std::string question;
        const char* prompt = "> ";
        while (true) {
            fmt::print(stderr, "{}", prompt);
            std::fflush(stderr);
            const auto line = TRY(input.line(kMaxInput));
            if (!line) return std::optional<std::string>();
            question += *line;
            if (!question.ends_with('\\')) return std::optional(std::move(question));
            question.back() = '\n';
            prompt = ". ";
        }
    }

    chat::Provider& provider_;
    const EngineProvider* engine_;
    Interrupts& interrupts_;
    const RunWish& wish_;  // all of these outlive this
    chat::Conversation talk_;
    RunFacts facts_;
};

// The model elsewhere that is asked for; nothing where the name is of an installed one or a file.
Result<std::optional<remote::ModelOffer>> elsewhere(const RunWish& wish) {
    std::optional<remote::ProviderBook> book;
    auto offer = TRY(offer_elsewhere(parse_model_word(wish.model).name,
                                     [&] { return read_book(os::paths_from_environment(), book); }));
    if (offer && wish.temperature) offer->temperature = wish.temperature;
    return offer;
}

chat::ThinkingLevel thinking_of(const RunWish& wish, const remote::ModelOffer& offer) {
    auto wished = parse_model_word(wish.model).thinking;
    if (!wished && !wish.thinking.empty()) wished = chat::parse_thinking_level(wish.thinking);
    return chat::clamp_thinking(wished.value_or(offer.usual_thinking), offer.thinking);
}

Result<int> run(const RunWish& wish) {
    auto interrupts = TRY(Interrupts::install());
    PromptInput input(interrupts, STDIN_FILENO);
    const bool interactive = wish.words.empty() && is_terminal(STDIN_FILENO);
    if (interactive && wish.as_json) {
        return Error(Code::kInvalidInput,
                     "--json answers one question: give a PROMPT or text on standard input");
    }
    const auto talk = [&](Run& run, std::string question) -> Result<int> {
        if (interactive) return run.chat(input);
        TRY(run.ask(std::move(question)));
        return 0;
    };
    std::string question;
    if (const auto offer = TRY(elsewhere(wish))) {
        const auto thinking = thinking_of(wish, *offer);
        const auto provider = TRY(open_elsewhere(*offer));
        if (!interactive) question = TRY(whole_question(wish, input));
        Run run(*provider, nullptr, interrupts, wish, thinking,
                {.model = offer->provider + "/" + offer->id, .engine = offer->base_url});
        return talk(run, std::move(question));
    }
    if (!wish.thinking.empty())
        return Error(Code::kInvalidInput, "--thinking is for models elsewhere (PROVIDER/MODEL)");
    const auto model = TRY(find_model(wish.model));
    warn_of_lifecycle(model);
    if (!interactive) question = TRY(whole_question(wish, input));
    const auto provider = TRY(load(model, wish, interrupts));
    Run run(*provider, provider.get(), interrupts, wish, chat::ThinkingLevel::kOff,
            {.model = model.name,
             .engine = provider->lease().engine,
             .load_seconds = provider->lease().load_seconds});
    return talk(run, std::move(question));
}

}  // namespace

int verb_run(Arguments arguments) {
    RunWish wish;
    Options options("run", "Chats with a model, on a terminal or in a pipe.");
    options.positional(
        "MODEL", wish.model,
        "an installed model, a .gguf file, or a model elsewhere (PROVIDER/MODEL, docs/code.md)");
    options.rest("PROMPT", wish.words,
                 "one question; without it, a chat (or the question comes through a pipe)");
    options.option("--system", wish.system, "instructions that stand before the talk");
    options.option("--temperature", wish.temperature, "0 is repeatable, higher is freer", 0, 2);
    options.choice("--thinking", wish.thinking, chat::thinking_level_names(),
                   "how long a model elsewhere thinks");
    options.option("--seed", wish.seed, "the same seed gives the same answer");
    options.option("--max-tokens", wish.max_tokens, "longest answer (0: until the model ends it)", 0,
                   1'048'576);
    options.option("--context", wish.context, "context window in tokens", 256, 1'048'576);
    options.flag("--json", wish.as_json, "print one JSON object with the answer, its counts and times");
    options.flag("-v,--stats,--verbose", wish.stats, "show tokens, cache use and speed on standard error");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;

    const auto status = run(wish);
    return status ? *status : report(status.error());
}

}  // namespace hearth::app
