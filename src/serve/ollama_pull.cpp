#include "serve/ollama_pull.h"

#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "model/pull_choice.h"
#include "serve/chat_call.h"
#include "serve/detail/elsewhere.h"
#include "serve/status_stream.h"

namespace hearth::serve {
namespace {

struct PullWish {
    std::string name;
    bool streamed = true;
    bool plain = false;  // http, where it would be https
};

Result<PullWish> pull_wish(std::string_view text) {
    const json::value body = TRY(parse_body(text));
    PullWish wish{
        .name = std::string(string_member(body, "model").value_or(string_member(body, "name").value_or(""))),
        .streamed = bool_member(body, "stream").value_or(true),
        .plain = bool_member(body, "insecure").value_or(false)};
    if (trim(wish.name).empty())
        return Error(Code::kInvalidInput, "model is required: the name of what to pull");
    return wish;
}

boost::asio::awaitable<void> tell(const Visit& visit, PullJob& job, StatusStream& answer) {
    PullLines lines;
    while (true) {
        co_await job.pause();
        const PullView view = job.look();
        if (view.outcome && !*view.outcome) {
            Status failed = Error(view.outcome->error());
            co_await answer.end(std::move(failed));
            co_return;
        }
        const Status sent = co_await answer.lines(lines.next(view));
        if (!sent) co_return;  // the client is gone, and with this the job stops
        if (!view.outcome) continue;
        // Newer bytes under the name are served from the next load on; an engine that is in use goes on with the ones it has.
        if (!(*view.outcome)->was_here) {
            std::string name = (*view.outcome)->model.name;
            CO_IGNORE(co_await visit.desk.pool.release(std::move(name)));
        }
        Status done;
        co_await answer.end(std::move(done));
        co_return;
    }
}

net::Task<void> run(const Visit& visit, const PullWish& wish, StatusStream& answer) {
    const std::string name = wish.name;
    const bool plain = wish.plain;
    const auto folders = visit.desk.catalogue;
    auto choose = [name, plain, folders] { return model::choose_pull(name, folders, plain); };
    Result<model::PullChoice> choice = co_await detail::elsewhere(visit.desk.files, std::move(choose));
    if (!choice) co_return Error(choice.error());
    CO_TRY(const Gate::Pass pass,
           co_await visit.desk.gate.allow(visit.caller, guard::Route::kPull, choice->name, kNoTokens));
    const model::ModelStore& store = visit.desk.pool.store();
    PullJob::Work work = [&store, choice = *std::move(choice)](
                             const model::PullObserver& observer, const PullJob::KnowDigest& know,
                             std::stop_token stop) -> Result<model::Pulled> {
        const model::PullRequest request = TRY(model::resolve_pull(choice, store, stop));
        know(request.sha256.value_or(""));
        if (const auto warning = model::lifecycle_warning(choice.lifecycle); !warning.empty())
            observer.notice(warning);
        return model::pull(request, store, observer, stop);
    };
    PullJob job(visit.desk.pulls, std::move(work));
    co_await tell(visit, job, answer);
    co_return Status();
}

}  // namespace

void PullLines::say_once(std::string_view status, bool& said) {
    if (!std::exchange(said, true)) out_ += status_line(status);
}

void PullLines::fetching(const std::string& sha256, Bytes done, std::optional<Bytes> total) {
    json::object line{{"status", "pulling " + (sha256.empty() ? "model" : sha256.substr(0, 12))}};
    if (!sha256.empty()) line["digest"] = "sha256:" + sha256;
    if (total) line["total"] = total->value;
    line["completed"] = done.value;
    std::string text = json::serialize(line) + "\n";
    if (text != last_) out_ += text;
    last_ = std::move(text);
}

std::string PullLines::next(const PullView& view) {
    using Phase = model::PullObserver::Phase;
    out_.clear();
    say_once("pulling manifest", begun_);
    for (; notices_ < view.notices.size(); ++notices_)
        out_ += status_line(printable(view.notices[notices_]));
    if (view.phase == Phase::kFetching && !verifying_) fetching(view.sha256, view.done, view.total);
    const bool done = view.outcome && *view.outcome;
    if (view.phase == Phase::kVerifying && !verifying_) {
        if (view.total) fetching(view.sha256, *view.total, view.total);
        say_once("verifying sha256 digest", verifying_);
    }
    if (done) {
        const auto& model = (*view.outcome)->model;
        if (!verifying_) fetching(model.sha256, model.size, model.size);
        say_once("verifying sha256 digest", verifying_);
        out_ += status_line("writing manifest");
    }
    return std::exchange(out_, std::string());
}

net::Task<void> ollama_pull(const Visit& visit) {
    const Result<PullWish> wish = pull_wish(visit.request.body);
    StatusStream answer(visit.responder, !wish || wish->streamed);
    Status done;
    if (wish)
        done = co_await run(visit, *wish, answer);
    else
        done = Error(wish.error());
    if (!done) co_await answer.end(std::move(done));
    co_return Status();
}

}  // namespace hearth::serve
