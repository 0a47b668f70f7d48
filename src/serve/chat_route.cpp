#include "serve/chat_route.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "chat/openai_provider.h"
#include "core/ids.h"
#include "core/json.h"
#include "net/sse.h"
#include "net/upstream.h"
#include "serve/detail/clock.h"
#include "serve/detail/engine_call.h"
#include "serve/fill_in.h"
#include "serve/forced_call.h"
#include "serve/model_defaults.h"
#include "serve/wait_estimate.h"

namespace hearth::serve {
namespace {

using Clock = std::chrono::steady_clock;
using detail::seconds_since;

constexpr double kPatience = 1;         // seconds
constexpr double kLongestSilence = 10;  // seconds; proxies and clients give up on silent connections
constexpr std::size_t kMaxError = std::size_t{1} << 20U;

SeatWish wish_of(const ChatCall& call, const model::InstalledModel& model, const Caller& caller) {
    return {.model = model,
            .waiting = {.key = caller.share,
                        .tokens = call.predicted_tokens,
                        .weight = static_cast<double>(caller.terms.weight)},
            .context = call.context,
            .keep_alive = call.keep_alive};
}

// Several answers are asked for one after another: the engine takes no more at once than it has slots, others have a right to theirs, and
// its counts for several are those of one. The prompt comes from the cache from the second on.
std::string body_of_answer(const ChatCall& call, int answer) {
    const auto prompt = static_cast<std::size_t>(answer / call.candidates);
    const int candidate = answer % call.candidates;
    const std::string& body = prompt == 0 ? call.body : call.more_prompts[prompt - 1];
    if (candidate == 0) return body;
    auto value = parse_json(body);
    if (!value || !value->is_object()) return body;
    const auto seed = integer_member(*value, "seed");
    if (seed && *seed >= 0) value->get_object()["seed"] = *seed + candidate;  // else all would be alike
    return json::serialize(*value);
}

const char* target_of(EngineApi api) {
    return api == EngineApi::kText ? "/v1/completions" : "/v1/chat/completions";
}

std::string with_index(const std::string& chunk, int candidate) {
    auto value = parse_json(chunk);
    if (!value || !value->is_object()) return chunk;
    if (auto* choices = value->get_object().if_contains("choices"); choices != nullptr && choices->is_array())
        for (auto& choice : choices->get_array())
            if (choice.is_object()) choice.get_object()["index"] = candidate;
    return json::serialize(*value);
}

// Answers to one prompt share its tokens.
void add_to(chat::Reply& all, chat::Reply one, bool same_prompt) {
    if (!same_prompt) {
        all.usage.prompt_tokens += one.usage.prompt_tokens;
        all.usage.cached_tokens += one.usage.cached_tokens;
    }
    for (auto& answer : one.answers)
        all.answers.push_back(std::move(answer));
    all.usage.generated_tokens += one.usage.generated_tokens;
    all.usage.prompt_seconds += one.usage.prompt_seconds;
    all.usage.decode_seconds += one.usage.decode_seconds;
}

guard::EndReason end_of(const chat::Reply& reply) {
    switch (reply.answers.front().reason) {
        case chat::StopReason::kLength: return guard::EndReason::kLength;
        case chat::StopReason::kToolCalls: return guard::EndReason::kToolCalls;
        case chat::StopReason::kStop: return guard::EndReason::kStop;
        case chat::StopReason::kError: break;
    }
    return guard::EndReason::kFailed;
}

// One answer under way, from a request that waits for a seat to the last byte.
class Exchange {
public:
    Exchange(const Visit& visit, std::string dialect, ChatCall call, ReplyEncoder& encoder,
             ReplyKeeper* keeper)
        : desk_(visit.desk),
          caller_(visit.caller),
          call_(std::move(call)),
          encoder_(encoder),
          keeper_(keeper),
          responder_(visit.responder),
          activity_(visit.activity),
          row_(visit.activity.row) {
        row_.dialect = std::move(dialect);
        activity_.asked_model = call_.model;
    }

    // A coroutine that is ended from outside has lost its client.
    ~Exchange() {
        if (recorded_) return;
        end_row(guard::EndReason::kCancelled, 499);
        desk_.gate.record_later(row_);
    }

    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    boost::asio::awaitable<void> run() {
        Status done = co_await attempt();
        if (!done && done.error().code() == Code::kUnavailable && !spoken_ && seated_) {
            const Status health = co_await desk_.pool.after_failure(seat_);
            // The engine is gone: once more with a fresh one.
            if (!health && !desk_.pool.was_stopped(seat_)) done = co_await attempt();
        }
        if (done) co_return;
        Error error = done.error();
        if (error.code() == Code::kCancelled) co_return;  // nobody is left to tell
        if (error.code() == Code::kUnavailable && seated_) {
            const Status health = co_await desk_.pool.after_failure(seat_);
            if (!health) error = health.error();
        }
        net::WholeResponse refusal = encoder_.refusal(error);
        const bool fresh = responder_.fresh();
        end_row(!spoken_ && !seated_ ? guard::EndReason::kRefused : guard::EndReason::kFailed,
                refusal.status);
        CO_IGNORE(co_await record());
        if (fresh) {
            if (error.code() == Code::kExhausted) {
                const auto wait = desk_.pool.retry_after(row_.model, caller_.share);
                refusal.headers.emplace_back("Retry-After", std::to_string(wait.count()));
            }
            add_place(refusal.headers);
            CO_IGNORE(co_await responder_.send(refusal.status, refusal.headers, refusal.body));
            co_return;
        }
        std::string last = encoder_.broken(error);
        CO_IGNORE(co_await responder_.write(std::move(last)));
        CO_IGNORE(co_await responder_.finish());
    }

private:
    net::Task<void> attempt() {
        seat_ = Seat();
        seated_ = false;
        CO_TRY(const model::InstalledModel model, co_await desk_.pool.find(call_.model));
        row_.model = model.name;
        CO_CHECK(apply_defaults(model.manifest.defaults, call_));
        const Tokens predicted{static_cast<std::int64_t>(call_.predicted_tokens)};
        CO_TRY(pass_, co_await desk_.gate.allow(caller_, guard::Route::kChat, model.name, predicted));
        SeatWish wish = wish_of(call_, model, caller_);
        wish.on_wait = [this](QueuePlace place) { return note_place(place); };
        CO_TRY(seat_, co_await desk_.pool.enter(std::move(wish)));
        seated_ = true;
        seated_at_ = Clock::now();
        activity_.stage = Stage::kPrefill;
        if (call_.forced_tool) {
            CO_TRY(const chat::Reply reply, co_await forced());
            CO_CHECK(co_await send_made(reply));
            co_return Status();
        }
        if (call_.suffix) {
            CO_TRY(call_.body, co_await fill_in_body(seat_.lease.address, call_.body, *call_.suffix));
            call_.suffix.reset();  // it is in the body now
        }
        chat::Reply all;
        const int answers = call_.candidates * (1 + static_cast<int>(call_.more_prompts.size()));
        for (int index = 0; index < answers; ++index) {
            CO_TRY(const auto answer, co_await ask(index));
            if (answer->status() != 200) {
                CO_TRY(const std::string body, co_await net::read_all(*answer, kMaxError));
                co_return chat::openai_error_body(body, answer->status());
            }
            CO_TRY(chat::Reply one, co_await pass_on(*answer, index));
            const bool same_prompt = index % call_.candidates != 0;
            add_to(all, std::move(one), same_prompt);
        }
        CO_CHECK(co_await finish(all));
        co_return Status();
    }

    net::Task<chat::Reply> forced() {
        const Seat::Owed owed(seat_);
        Result<chat::Reply> reply = co_await forced_call(seat_.lease.address, call_.body);
        co_return reply;
    }

    net::Task<std::unique_ptr<net::UpstreamResponse>> ask(int index) {
        net::HttpRequest request = detail::json_post(target_of(call_.api), body_of_answer(call_, index));
        const Seat::Owed owed(seat_);
        Result<std::unique_ptr<net::UpstreamResponse>> answer =
            co_await net::open_upstream(seat_.lease.address, std::move(request));
        co_return answer;
    }

    net::Task<std::string> next_piece(net::UpstreamResponse& answer) {
        const Seat::Owed owed(seat_);
        Result<std::string> piece = co_await answer.read();
        co_return piece;
    }

    net::Task<chat::Reply> pass_on(net::UpstreamResponse& answer, int index) {
        net::SseParser parser;
        chat::OpenAiStreamDecoder decoder(1);
        std::string out;
        Status fed;
        const auto on_event = [&](const chat::Event& event) {
            const bool token = std::holds_alternative<chat::TextDelta>(event) ||
                               std::holds_alternative<chat::ReasoningDelta>(event) ||
                               std::holds_alternative<chat::ToolCallDelta>(event);
            if (token) note_token();
            if (call_.stream) out += encoder_.event(event);
            return true;
        };
        const auto on_payload = [&](const net::SseEvent& event) {
            if (!fed) return;
            fed = decoder.feed(event.data, on_event);
            if (!fed || !call_.stream) return;
            out += encoder_.payload(index == 0 ? event.data : with_index(event.data, index));
        };
        while (!decoder.done()) {
            CO_TRY(const std::string piece, co_await next_piece(answer));
            if (piece.empty()) co_return Error(Code::kUnavailable, "the engine's answer ended in the middle");
            out.clear();
            CO_CHECK(parser.feed(piece, on_payload));
            if (!fed) co_return Error(fed.error());
            if (out.empty()) continue;
            CO_CHECK(co_await stream_out(std::move(out)));
        }
        co_return std::move(decoder).take();
    }

    // An answer that the gateway put together itself.
    net::Task<void> send_made(const chat::Reply& reply) {
        if (call_.stream) {
            std::string out = made_chunks(reply, encoder_, seat_.lease.model);
            CO_CHECK(co_await stream_out(std::move(out)));
        }
        CO_CHECK(co_await finish(reply));
        co_return Status();
    }

    // Keeps the place for others to see. A streaming client is told once it has waited for a second, and when its place or the estimate
    // changes or the connection was silent for long.
    net::Task<void> note_place(QueuePlace place) {
        activity_.stage = place.position == 0 ? Stage::kLoading : Stage::kWaiting;
        activity_.place = place;
        if (place.position > 0)
            row_.queue_seconds = seconds_since(begun_);  // for one that ends before its turn
        if (first_place_.empty()) first_place_ = place_header(place);
        std::string words = place_words(place);
        if (!call_.stream || seconds_since(begun_) < kPatience) co_return Status();
        if (words == told_ && seconds_since(told_at_) < kLongestSilence) co_return Status();
        told_ = words;
        told_at_ = Clock::now();
        std::string out = encoder_.waiting(words);
        CO_CHECK(co_await send_head());
        CO_CHECK(co_await responder_.write(std::move(out)));
        co_return Status();
    }

    void add_place(net::Headers& headers) const {
        if (!first_place_.empty()) headers.emplace_back("X-Hearth-Queue", first_place_);
    }

    net::Task<void> send_head() {
        if (!responder_.fresh()) co_return Status();
        net::Headers headers = {{"Content-Type", encoder_.stream_type()}, {"Cache-Control", "no-cache"}};
        add_place(headers);
        CO_CHECK(co_await responder_.begin(200, std::move(headers)));
        co_return Status();
    }

    net::Task<void> stream_out(std::string out) {
        CO_CHECK(co_await send_head());
        if (!std::exchange(spoken_, true)) out.insert(0, encoder_.begin());
        CO_CHECK(co_await responder_.write(std::move(out)));
        co_return Status();
    }

    net::Task<void> finish(const chat::Reply& reply) {
        const Timing timing{.load_seconds = seat_.load_seconds,
                            .queue_seconds = seat_.queue_seconds,
                            .total_seconds = seconds_since(begun_)};
        row_.prompt = reply.usage.prompt_tokens;
        row_.cached = reply.usage.cached_tokens;
        row_.generated = reply.usage.generated_tokens;
        row_.compute_seconds = reply.usage.prompt_seconds + reply.usage.decode_seconds;
        end_row(end_of(reply), 200);
        seat_ = Seat();  // the next one may go while the last bytes are sent
        seated_ = false;
        CO_CHECK(co_await record());
        if (keeper_ != nullptr) {
            CO_CHECK(co_await keeper_->keep(reply));
        }
        if (!call_.stream) {
            net::WholeResponse whole = encoder_.whole(reply, timing);
            add_place(whole.headers);
            CO_CHECK(co_await responder_.send(whole.status, std::move(whole.headers), std::move(whole.body)));
            co_return Status();
        }
        std::string out = encoder_.end(reply, timing);
        CO_CHECK(co_await stream_out(std::move(out)));
        CO_CHECK(co_await responder_.finish());
        co_return Status();
    }

    void note_token() {
        if (row_.generated.value == 0) {
            row_.first_token_seconds = seconds_since(begun_);
            activity_.first_token = Clock::now();
            activity_.stage = Stage::kDecode;
        }
        row_.generated += Tokens{1};  // until the engine's own count comes; a client that leaves has no other
    }

    void end_row(guard::EndReason end, int status) {
        row_.end = end;
        row_.status = status;
        row_.total_seconds = seconds_since(begun_);
        if (!seated_) return;
        row_.queue_seconds = seat_.queue_seconds;
        row_.load_seconds = seat_.load_seconds;
        if (row_.compute_seconds == 0 && status != 200) row_.compute_seconds = seconds_since(seated_at_);
    }

    net::Task<void> record() {
        if (std::exchange(recorded_, true)) co_return Status();
        guard::LedgerRow row = row_;
        CO_CHECK(co_await desk_.gate.record(std::move(row)));
        co_return Status();
    }

    const Desk& desk_;
    const Caller& caller_;
    ChatCall call_;
    ReplyEncoder& encoder_;
    ReplyKeeper* keeper_;
    net::Responder& responder_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point seated_at_ = begun_;
    Activity& activity_;
    guard::LedgerRow& row_;    // the activity's
    std::string first_place_;  // where it stood when it came, if it had to wait
    std::string told_;         // to the client that waits
    Clock::time_point told_at_;
    bool spoken_ = false;  // something of the answer was sent
    bool recorded_ = false;
    Gate::Pass pass_;
    Seat seat_;
    bool seated_ = false;
};

}  // namespace

boost::asio::awaitable<void> answer_chat(const Visit& visit, std::string dialect, ChatCall call,
                                         ReplyEncoder& encoder, ReplyKeeper* keeper) {
    Exchange exchange(visit, std::move(dialect), std::move(call), encoder, keeper);
    co_await exchange.run();
}

net::Task<Tokens> count_prompt(const Visit& visit, ChatCall call) {
    CO_TRY(const model::InstalledModel model, co_await visit.desk.pool.find(call.model));
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kChat, model.name, kNoTokens));
    CO_CHECK(apply_defaults(model.manifest.defaults, call));
    SeatWish wish = wish_of(call, model, visit.caller);
    wish.waiting.tokens = 1;
    CO_TRY(const Seat seat, co_await visit.desk.pool.enter(std::move(wish)));
    const Seat::Owed owed(seat);
    CO_TRY(const json::value value,
           co_await detail::ask_engine(seat.lease.address, "/v1/chat/completions/input_tokens",
                                       std::move(call.body), kMaxError));
    const auto tokens = integer_member(value, "input_tokens");
    if (!tokens) co_return Error(Code::kCorrupt, "the engine did not count the prompt");
    co_return Tokens{*tokens};
}

}  // namespace hearth::serve
