#include "serve/chat_route.h"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/openai_error.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "net/upstream.h"
#include "remote/failure.h"
#include "remote/request_body.h"
#include "serve/detail/answer_times.h"
#include "serve/detail/chat_answers.h"
#include "serve/detail/clock.h"
#include "serve/detail/engine_call.h"
#include "serve/detail/seat_wish.h"
#include "serve/fill_in.h"
#include "serve/forced_call.h"
#include "serve/model_defaults.h"
#include "serve/reply_stream.h"
#include "serve/wait_estimate.h"

namespace hearth::serve {
namespace {

using Clock = std::chrono::steady_clock;
using detail::seconds_since;

constexpr double kPatience = 1;         // seconds
constexpr double kLongestSilence = 10;  // seconds; proxies and clients give up on silent connections

const char* target_of(EngineApi api) {
    return api == EngineApi::kText ? "/v1/completions" : "/v1/chat/completions";
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
          request_(visit.request),
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
        while (!done) {
            const bool again = co_await may_try_again(done.error());
            if (!again) break;
            done = co_await attempt();
        }
        if (done) co_return;
        const Error error = engine_error_.value_or(done.error());
        if (error.code() == Code::kCancelled) co_return;  // nobody is left to tell
        net::WholeResponse refusal = encoder_.refusal(error);
        const bool fresh = responder_.fresh();
        end_row(!spoken_ && !seated_ ? guard::EndReason::kRefused : guard::EndReason::kFailed,
                refusal.status);
        CO_IGNORE(co_await record());
        if (fresh) {
            if (error.code() == Code::kExhausted) {
                const auto said = error.retry_after();
                const auto wait = said.count() > 0 ? said : desk_.pool.retry_after(row_.model, caller_.share);
                refusal.headers.emplace_back("Retry-After", std::to_string(wait.count()));
            }
            add_place(refusal.headers);
            CO_IGNORE(co_await responder_.send(refusal.status, refusal.headers, refusal.body));
            co_return;
        }
        std::string last = encoder_.broken(error);
        if (!spoken_) last.insert(0, encoder_.begin());
        CO_IGNORE(co_await responder_.write(std::move(last)));
        CO_IGNORE(co_await responder_.finish());
    }

private:
    // Whether somebody else, or a fresh child, may answer what failed: nothing of an answer may have been sent.
    boost::asio::awaitable<bool> may_try_again(const Error& error) {
        if (!seated_ || client_fails_ || error.code() == Code::kCancelled) co_return false;
        if (seat_.engine.is_remote()) {
            const bool may_help = note_failure(error);
            co_return may_help && !spoken_ && desk_.pool.can_serve(wish_);
        }
        if (error.code() != Code::kUnavailable) co_return false;
        const Status health = co_await desk_.pool.after_failure(seat_);
        if (health) co_return false;
        engine_error_ = health.error();
        co_return !spoken_ && !std::exchange(restarted_, true) && !desk_.pool.was_stopped(seat_);
    }

    // False when it is the request that is wrong. A remote that failed is avoided from then on.
    bool note_failure(const Error& error) {
        if (!failure_) failure_ = remote::failure_of(*seat_.engine.remote, error);
        const remote::Failure failure = *std::exchange(failure_, std::nullopt);
        if (failure.of_request) return desk_.pool.remotes().learned(seat_.engine, failure.error);
        engine_error_ = failure.error;
        desk_.pool.remotes().failed(seat_.engine, failure);
        wish_.avoid.push_back(seat_.engine.remote->name);
        return true;
    }

    net::Task<void> attempt() {
        watch_ = {};
        seat_ = Seat();
        seated_ = false;
        failure_.reset();
        engine_error_.reset();
        CO_TRY(const ServableModel model, co_await desk_.pool.find_servable(call_.model));
        row_.model = model.name;
        CO_CHECK(apply_defaults(model.defaults(), call_));
        const Tokens predicted{static_cast<std::int64_t>(call_.predicted_tokens)};
        CO_TRY(pass_, co_await desk_.gate.allow(caller_, guard::Route::kChat, model.name, predicted));
        std::vector<std::string> failed = std::move(wish_.avoid);
        wish_ = detail::wish_of(call_, model, caller_, request_);
        wish_.avoid = std::move(failed);
        wish_.on_wait = [this](QueuePlace place) { return note_place(place); };
        CO_TRY(seat_, co_await desk_.pool.enter(wish_));
        seated_ = true;
        seated_at_ = Clock::now();
        activity_.stage = Stage::kPrefill;
        activity_.engine = seat_.engine.words;
        if (call_.forced_tool && seat_.engine.is_llama_server()) {
            CO_TRY(const chat::Reply reply, co_await forced());
            CO_CHECK(co_await send_made(reply));
            co_return Status();
        }
        if (call_.suffix && seat_.engine.is_llama_server()) {
            CO_TRY(call_.body, co_await fill_in_body(seat_.engine, call_.body, *call_.suffix));
            call_.suffix.reset();  // it is in the body now
        }
        chat::Reply all;
        const int answers = call_.candidates * (1 + static_cast<int>(call_.more_prompts.size()));
        for (int index = 0; index < answers; ++index) {
            CO_TRY(const auto answer, co_await ask(index));
            CO_CHECK(co_await check_head(*answer));
            // Looking at the processors takes its time, which is none of the client's while the engine reads the prompt.
            if (index == 0) watch_ = seat_.lease.watch();
            CO_TRY(chat::Reply one, co_await pass_on(*answer, index));
            const bool same_prompt = index % call_.candidates != 0;
            detail::add_to(all, std::move(one), same_prompt);
        }
        CO_CHECK(co_await finish(all));
        co_return Status();
    }

    net::Task<chat::Reply> forced() {
        watch_ = seat_.lease.watch();
        const Seat::Owed owed(seat_);
        Result<chat::Reply> reply = co_await forced_call(seat_.engine, call_.body);
        co_return reply;
    }

    net::Task<std::unique_ptr<net::UpstreamResponse>> ask(int index) {
        std::string body = detail::body_of_answer(call_, index);
        if (call_.forced_tool) {
            CO_TRY(body, remote::with_forced_tool(body));
        }
        if (call_.suffix) {
            CO_TRY(body, remote::with_suffix(body, *call_.suffix));
        }
        const Seat::Owed owed(seat_);
        Result<std::unique_ptr<net::UpstreamResponse>> answer =
            co_await detail::open_engine(seat_.engine, target_of(call_.api), std::move(body));
        co_return answer;
    }

    // Errors: what an answer says that is none.
    net::Task<void> check_head(net::UpstreamResponse& answer) {
        if (answer.status() != 200) {
            failure_ = co_await detail::refusal_of(seat_.engine, target_of(call_.api), answer);
            co_return Error(failure_->error);
        }
        if (!seat_.engine.is_remote()) co_return Status();
        for (const auto& [name, value] : answer.headers())
            if (name == "content-type" && !value.starts_with("text/event-stream"))
                co_return Error(Code::kCorrupt,
                                fmt::format("it answers with {} instead of a stream", printable(value)));
        desk_.pool.remotes().answered(seat_.engine);
        co_return Status();
    }

    net::Task<std::string> next_piece(net::UpstreamResponse& answer) {
        const Seat::Owed owed(seat_);
        Result<std::string> piece = co_await answer.read();
        co_return piece;
    }

    net::Task<chat::Reply> pass_on(net::UpstreamResponse& answer, int index) {
        ReplyStream stream(call_, encoder_, {.index = index, .renamed = seat_.engine.is_remote()});
        while (!stream.done()) {
            CO_TRY(const std::string piece, co_await next_piece(answer));
            if (piece.empty()) co_return Error(Code::kUnavailable, "the engine's answer ended in the middle");
            const std::int64_t before = stream.pieces();
            ReplyStream::Fed fed = stream.feed(piece);
            note_tokens(stream.pieces() - before);
            if (!fed.out.empty()) {
                CO_CHECK(co_await stream_out(std::move(fed.out)));
            }
            CO_CHECK(fed.status);
        }
        co_return std::move(stream).take();
    }

    // An answer that the gateway put together itself.
    net::Task<void> send_made(const chat::Reply& reply) {
        if (call_.stream) {
            std::string out = made_chunks(reply, encoder_, call_.model);
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
        const Status begun = co_await responder_.begin(200, std::move(headers));
        client_fails_ = !begun;
        co_return begun;
    }

    net::Task<void> stream_out(std::string out) {
        CO_CHECK(co_await send_head());
        if (!std::exchange(spoken_, true)) out.insert(0, encoder_.begin());
        const Status written = co_await responder_.write(std::move(out));
        client_fails_ = !written;
        co_return written;
    }

    net::Task<void> finish(const chat::Reply& reply) {
        const Timing timing{.load_seconds = seat_.load_seconds,
                            .queue_seconds = seat_.queue_seconds,
                            .total_seconds = seconds_since(begun_)};
        row_.prompt = reply.usage.prompt_tokens;
        row_.cached = reply.usage.cached_tokens;
        row_.generated = reply.usage.generated_tokens;
        row_.draft_accepted = reply.usage.accepted_tokens;
        row_.compute_seconds = reply.usage.prompt_seconds + reply.usage.decode_seconds;
        end_row(detail::end_of(reply), 200);
        seat_.lease.note_answer();
        watch_.done(detail::answer_times(call_, reply));
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

    void note_tokens(std::int64_t count) {
        if (row_.generated.value == 0 && count > 0) {
            row_.first_token_seconds = seconds_since(begun_);
            activity_.first_token = Clock::now();
            activity_.stage = Stage::kDecode;
        }
        row_.generated +=
            Tokens{count};  // until the engine's own count comes; a client that leaves has no other
    }

    void end_row(guard::EndReason end, int status) {
        row_.end = end;
        row_.status = status;
        row_.total_seconds = seconds_since(begun_);
        if (!seated_) return;
        row_.queue_seconds = seat_.queue_seconds;
        row_.load_seconds = seat_.load_seconds;
        // A remote may not say how long it worked.
        const bool not_told = status != 200 || seat_.engine.is_remote();
        if (row_.compute_seconds == 0 && not_told) row_.compute_seconds = seconds_since(seated_at_);
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
    const net::ServedRequest& request_;
    net::Responder& responder_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point seated_at_ = begun_;
    Activity& activity_;
    guard::LedgerRow& row_;    // the activity's
    std::string first_place_;  // where it stood when it came, if it had to wait
    std::string told_;         // to the client that waits
    Clock::time_point told_at_;
    bool spoken_ = false;        // something of the answer was sent
    bool client_fails_ = false;  // to take what it is sent
    bool recorded_ = false;
    Gate::Pass pass_;
    Seat seat_;
    bool seated_ = false;
    engine::AnswerMeter::Watch watch_;
    SeatWish wish_;
    std::optional<remote::Failure>
        failure_;  // of the remote that was asked last, where more than an error is known
    std::optional<Error>
        engine_error_;        // of the engine that was asked last: in words that say how it ended, or name it
    bool restarted_ = false;  // a child that died was asked once more
};

}  // namespace

boost::asio::awaitable<void> answer_chat(const Visit& visit, std::string dialect, ChatCall call,
                                         ReplyEncoder& encoder, ReplyKeeper* keeper) {
    Exchange exchange(visit, std::move(dialect), std::move(call), encoder, keeper);
    co_await exchange.run();
}

}  // namespace hearth::serve
