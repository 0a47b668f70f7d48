#include "egress/exchange.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "core/text.h"
#include "egress/address_kind.h"
#include "egress/request.h"

namespace hearth::egress {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

std::string_view path_of(std::string_view path) { return path.substr(0, path.find('?')); }

Judged judged(Exchanges& shared, const Asked& asked) {
    Judged record;
    record.number = ++shared.last_number;
    record.method = asked.method;
    const std::uint16_t usual = asked.tls ? 443 : 80;
    const std::string_view path = path_of(asked.path);
    record.url = fmt::format("{}://{}{}", asked.tls ? "https" : "http", describe(asked.place, usual), path);
    if (asked.path.size() > path.size()) record.query_bytes = asked.path.size() - path.size() - 1;
    return record;
}

Status tell(const Exchanges& shared, const Judged& record) {
    return shared.setup.observer == nullptr ? Status() : shared.setup.observer->judged(record);
}

// Whether a field of an answer says that its body is compressed or the like.
bool is_coded(std::string_view name, std::string_view value) {
    if (name == "content-encoding") return value != "identity" && !value.empty();
    return name == "transfer-encoding" && value != "chunked";
}

int status_of(const Error& error) {
    if (error.code() == Code::kInvalidInput) return 400;
    return error.code() == Code::kTimeout ? 504 : 502;
}

// Where a request goes. Errors: kPermission for an address that is not of the public internet and that no rule names.
net::Task<std::vector<std::string>> addresses_of(const Exchanges& shared, const Rule& rule,
                                                 std::string host) {
    if (rule.place.is_address) co_return std::vector<std::string>{rule.place.host};
    std::vector<std::string> found;
    if (shared.setup.look_up) {
        CO_TRY(found, co_await shared.setup.look_up(host));
    } else {
        CO_TRY(found, co_await net::look_up(host));
    }
    // One that is not public makes all of them suspicious.
    for (const std::string& each : found) {
        const std::string_view kind = special_address(each);
        if (!kind.empty())
            co_return Error(
                Code::kPermission,
                fmt::format("{} is at {} ({}), where nothing may be asked by name. The person who started "
                            "hearth can allow that very address in place of the name",
                            host, each, kind));
    }
    co_return found;
}

// Ends a request that takes too long; shared with the timer's handler, which may run last.
class TotalTime {
public:
    TotalTime(const asio::any_io_executor& executor, std::chrono::seconds most,
              std::shared_ptr<net::Hangup> hangup)
        : timer_(executor, most) {
        timer_.async_wait([hangup = std::move(hangup), most](const boost::system::error_code& error) {
            if (!error) hangup->hang_up(fmt::format("the request took longer than {} s", most.count()));
        });
    }

private:
    asio::steady_timer timer_;
};

// One request that is allowed.
class Passage {
public:
    Passage(Exchanges& shared, Asked asked, Judged record)
        : shared_(shared),
          asked_(std::move(asked)),
          record_(std::move(record)),
          knows_secret_(knows_a_secret(shared.setup.rules, asked_)) {}

    // Errors: those of the way to the other server, before anything was answered.
    net::Task<void> ask(net::ServedRequest& request, std::vector<std::string> addresses) {
        net::HttpRequest sent = to_send(request);
        record_.address = addresses.front();
        record_.allowed = true;
        CO_CHECK(tell(shared_, record_));
        recorded_ = true;
        net::Endpoint endpoint = endpoint_at(std::move(addresses));
        const auto executor = co_await asio::this_coro::executor;
        hangup_ = std::make_shared<net::Hangup>();
        time_.emplace(executor, shared_.setup.limits.total_time, hangup_);
        CO_TRY(answer_, co_await net::open_upstream(std::move(endpoint), std::move(sent), hangup_));
        if (answer_->status() < 200)
            co_return Error(Code::kUnsupported,
                            fmt::format("the server answered with status {}", answer_->status()));
        co_return check_coding();
    }

    // Errors: the client is gone, or the answer broke off.
    net::Task<void> pass_on(net::Responder& responder) {
        const int status = answer_->status();
        const bool head = asked_.method == "HEAD";
        const KnownSecrets& secrets = shared_.secrets.values();
        net::Headers fields = fields_to_answer(answer_->headers(), head);
        for (auto& field : fields)
            field.second = secrets.without(field.second).text;
        if (status == 204 || status == 304) {
            std::string nothing;
            co_return co_await responder.send(status, std::move(fields), std::move(nothing));
        }
        CO_CHECK(co_await responder.begin(status, std::move(fields)));
        KnownSecrets::Stream clean(secrets);
        while (true) {
            CO_TRY(std::string piece, co_await answer_->read());
            if (piece.empty()) break;
            received_ += piece.size();
            if (received_ > shared_.setup.limits.max_answer)
                co_return Error(Code::kTooLarge, fmt::format("the answer is longer than {} bytes",
                                                             shared_.setup.limits.max_answer));
            if (!secrets.empty()) piece = clean.take(piece);
            if (!piece.empty()) {
                CO_CHECK(co_await responder.write(std::move(piece)));
            }
        }
        std::string rest = clean.finish();
        if (!rest.empty()) {
            CO_CHECK(co_await responder.write(std::move(rest)));
        }
        co_return co_await responder.finish();
    }

    // Of what was recorded as allowed.
    void record_end(const std::string& failure) const {
        if (!recorded_ || shared_.setup.observer == nullptr) return;
        const Status told = shared_.setup.observer->answered(
            {.number = record_.number,
             .status = answer_ == nullptr ? 0 : answer_->status(),
             .received = received_,
             .seconds = std::chrono::duration<double>(Clock::now() - start_).count(),
             .failure = shared_.secrets.values().without(failure).text});
        // The request is over; whoever keeps the record knows by itself that it failed.
        static_cast<void>(told);
    }

    [[nodiscard]] bool recorded() const { return recorded_; }

    [[nodiscard]] const Judged& record() const { return record_; }

private:
    net::HttpRequest to_send(net::ServedRequest& request) {
        net::HttpRequest sent{.method = asked_.method, .target = asked_.path, .headers = {}, .body = {}};
        sent.headers = fields_to_send(request.headers);
        if (knows_secret_) {
            // Of a part, or of what is compressed, nobody could say what is in it.
            std::erase_if(sent.headers, [](const auto& field) {
                return field.first == "range" || field.first == "if-range" ||
                       field.first == "accept-encoding";
            });
            sent.headers.emplace_back("accept-encoding", "identity");
        }
        sent.body = std::move(request.body);
        return sent;
    }

    // Errors: kUnsupported for an answer in which a secret could not be found.
    [[nodiscard]] Status check_coding() const {
        if (!knows_secret_ || asked_.method == "HEAD") return {};
        for (const auto& [name, value] : answer_->headers())
            if (is_coded(name, to_lower_ascii(trim(value))))
                return Error(
                    Code::kUnsupported,
                    fmt::format("the server compressed its answer ({}), although it was asked not to: "
                                "whether a secret is in it cannot be seen, so it is not passed on",
                                printable(utf8_front(value, 64))));
        if (answer_->status() == 206)
            return Error(Code::kUnsupported, "the server answered with a part, for which it was not asked");
        return {};
    }

    [[nodiscard]] net::Endpoint endpoint_at(std::vector<std::string> addresses) const {
        net::Endpoint endpoint;
        endpoint.address =
            net::TcpAddress{.host = asked_.place.host, .port = std::to_string(asked_.place.port)};
        if (asked_.tls) endpoint.tls = shared_.setup.trust;
        endpoint.silence = shared_.setup.limits.silence;
        endpoint.pinned = std::move(addresses);
        return endpoint;
    }

    Exchanges& shared_;
    Asked asked_;
    Judged record_;
    bool knows_secret_;                    // who is asked
    std::shared_ptr<net::Hangup> hangup_;  // shared with the timer
    std::optional<TotalTime> time_;
    std::unique_ptr<net::UpstreamResponse> answer_;
    Clock::time_point start_ = Clock::now();
    std::uint64_t received_ = 0;
    bool recorded_ = false;
};

// The rule that lets a request through, whose secrets it then carries; both are noted in the record. Errors: kPermission.
Result<std::size_t> admit(const Exchanges& shared, const Asked& asked, net::ServedRequest& request,
                          Judged& record) {
    const std::vector<Rule>& rules = shared.setup.rules;
    const Verdict verdict = judge(rules, asked);
    if (!verdict.rule) return Error(Code::kPermission, verdict.why);
    if (shared.setup.refuse) {
        auto why = shared.setup.refuse(asked);
        if (!why.empty()) return Error(Code::kPermission, std::move(why));
    }
    const auto used = TRY(shared.secrets.put_in(rules, allowing(rules, asked), request));
    for (const std::size_t number : used)
        record.secrets.push_back(rules[number].secret->name);
    const std::size_t first = used.empty() ? *verdict.rule : used.front();
    record.rule = rules[first].text;
    return first;
}

}  // namespace

net::Task<void> refuse(Exchanges& shared, const net::ServedRequest& request, net::Responder& responder,
                       int status, std::string words) {
    if (shared.refused) shared.refused(request.peer, words);
    net::Headers fields{{"Content-Type", "text/plain; charset=utf-8"}};
    std::string body = "hearth: " + shared.secrets.values().without(words).text + "\n";
    co_return co_await responder.send(status, std::move(fields), std::move(body));
}

Status record_tunnel(Exchanges& shared, const net::ServedRequest& request, const Place& place) {
    const Verdict verdict = judge_tunnel(shared.setup.rules, place);
    if (verdict.rule) return {};
    Judged record = judged(shared, {.tls = true, .place = place, .method = "CONNECT", .path = ""});
    record.why = verdict.why;
    if (shared.refused) shared.refused(request.peer, fmt::format("{}: {}", record.url, verdict.why));
    return tell(shared, record);
}

net::Task<void> exchange(Exchanges& shared, net::ServedRequest& request, net::Responder& responder) {
    Result<Asked> asked = asked_by(request);
    if (!asked) {
        Judged record{.number = ++shared.last_number, .method = printable(utf8_front(request.method, 32))};
        record.why = asked.error().message();
        CO_CHECK(tell(shared, record));
        std::string words = "refused: " + record.why;
        co_return co_await refuse(shared, request, responder, 400, std::move(words));
    }
    Judged record = judged(shared, *asked);
    const Result<std::size_t> rule = admit(shared, *asked, request, record);
    Result<std::vector<std::string>> addresses = std::vector<std::string>();
    if (rule) addresses = co_await addresses_of(shared, shared.setup.rules[*rule], asked->place.host);
    if (!rule || !addresses) {
        const Error failure = rule ? addresses.error() : rule.error();
        record.why = failure.message();
        CO_CHECK(tell(shared, record));
        const bool refused = failure.code() == Code::kPermission;
        std::string words = fmt::format("{} {}: {}", record.method, record.url, failure.message());
        const int status = refused ? 403 : status_of(failure);
        co_return co_await refuse(shared, request, responder, status, std::move(words));
    }
    Passage passage(shared, *asked, std::move(record));
    std::vector<std::string> where = *std::move(addresses);
    Status done = co_await passage.ask(request, std::move(where));
    if (!done) {
        passage.record_end(done.error().message());
        std::string words = fmt::format(
            "{} {}: {}", passage.record().method, passage.record().url,
            passage.recorded() ? done.error().message() : "it cannot be recorded, so it is not sent");
        const int status = passage.recorded() ? status_of(done.error()) : 503;
        co_return co_await refuse(shared, request, responder, status, std::move(words));
    }
    done = co_await passage.pass_on(responder);
    passage.record_end(done ? std::string() : done.error().message());
    co_return done;
}

}  // namespace hearth::egress
