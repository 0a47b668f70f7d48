#include "net/detail/fetch.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

#include "os/files.h"
#include "os/sha256.h"

namespace hearth::net::detail {

namespace {

using std::chrono::milliseconds;

// Asked for while nothing is known yet: large enough that small files need one request.
constexpr std::int64_t kFirstPiece = 4 * kMiB;
constexpr std::int64_t kUnknownEnd = std::numeric_limits<std::int64_t>::max();
constexpr int kMaxConnections = 16;
// Failures of one piece in a row, without a byte in between, before the download is given up.
constexpr int kMaxFailures = 5;
constexpr milliseconds kFirstPause{100};
constexpr std::int64_t kLongestPauseSeconds = 10;
// How often a file may change under the download before it is taken in one stream.
constexpr int kMaxRestarts = 2;
constexpr milliseconds kReportEvery{100};
constexpr milliseconds kSaveEvery{2000};
// Saving waits for the disk, also when a stop was requested: so little at once keeps that short.
constexpr std::int64_t kSaveBytes = 16 * kMiB;

}  // namespace

Fetch::Fetch(const Curl& curl, const DownloadRequest& request, const DownloadProgress& progress,
             os::StopEvent stop, PartFile part, CURLM* multi)
    : curl_(curl),
      request_(request),
      progress_(progress),
      stop_(std::move(stop)),
      part_(std::move(part)),
      multi_(multi, CloseMulti{&curl}),
      connections_(std::clamp(request.connections, 1, kMaxConnections)) {}

Result<std::unique_ptr<Fetch>> Fetch::open(const Curl& curl, const DownloadRequest& request,
                                           const DownloadProgress& progress, std::stop_token stop) {
    os::StopEvent event = TRY(os::StopEvent::create(std::move(stop)));
    PartFile part = TRY(PartFile::open(request.file));
    CURLM* multi = curl.multi_init();
    if (multi == nullptr) return Error(Code::kExhausted, "libcurl has no memory for a download");
    return std::unique_ptr<Fetch>(
        new Fetch(curl, request, progress, std::move(event), std::move(part), multi));
}

void Fetch::begin_anew() {
    mode_ = Mode::kAsking;
    known_ = false;
    total_.reset();
    state_ = PartState{.source = os::sha256(request_.url)};
    state_.segments.push_back({.begin = 0, .end = whole_only_ ? kUnknownEnd : kFirstPiece});
    efforts_.assign(1, Effort{});
    saved_ = 0;
}

Status Fetch::run() {
    begin_anew();
    if (auto earlier = part_.load(state_.source)) {
        state_ = std::move(*earlier);
        efforts_.assign(state_.segments.size(), Effort{});
        total_ = state_.total;
        saved_ = done();
        known_ = true;
    }
    if (known_ && request_.size && request_.size->value != state_.total) begin_anew();
    Status result = loop();
    works_.clear();
    if (result) {
        report(true);
        return part_.finish();
    }
    // The first failure is the one to tell.
    if (mode_ == Mode::kRanges) static_cast<void>(save(true).has_value());
    // What nobody can go on with. A state that another source left here is not touched by a failed first question.
    if (mode_ == Mode::kWhole || part_.is_empty()) part_.discard();
    return result;
}

bool Fetch::complete() const {
    return known_ && std::all_of(state_.segments.begin(), state_.segments.end(),
                                 [](const Segment& segment) { return segment.complete(); });
}

Status Fetch::loop() {
    while (!complete()) {
        TRY(start_due());
        int running = 0;
        if (const CURLMcode failure = curl_.multi_perform(multi_.get(), &running); failure != CURLM_OK)
            return Error(Code::kInternal, fmt::format("libcurl: {}", curl_.multi_strerror(failure)));
        TRY(collect_ended());
        if (broken_) return *broken_;
        if (changed_) TRY(restart());
        report(false);
        TRY(save(false));
        if (!complete()) TRY(wait());
    }
    return {};
}

Status Fetch::start_due() {
    const Clock::time_point now = Clock::now();
    const std::size_t most = mode_ == Mode::kRanges ? static_cast<std::size_t>(connections_) : 1;
    for (std::size_t i = 0; i < state_.segments.size() && works_.size() < most; ++i)
        if (!efforts_[i].active && !state_.segments[i].complete() && efforts_[i].not_before <= now)
            TRY(start(i));
    return {};
}

Status Fetch::start(std::size_t segment) {
    auto work = std::make_unique<Work>();
    work->segment = segment;
    std::optional<Transfer::Range> range;
    const Segment& piece = state_.segments[segment];
    if (!whole_only_ && mode_ != Mode::kWhole)
        range = Transfer::Range{.begin = piece.begin + piece.done, .end = piece.end};
    work->transfer = TRY(Transfer::start(
        curl_, multi_.get(), request_.url, range,
        [this, raw = work.get()](const Facts& facts, std::string_view bytes) {
            return take(*raw, facts, bytes);
        },
        request_.headers));
    efforts_[segment].active = true;
    works_.push_back(std::move(work));
    return {};
}

Status Fetch::wait() {
    const Clock::time_point now = Clock::now();
    Clock::time_point until = now + kReportEvery;
    for (const Effort& effort : efforts_)
        if (!effort.active && effort.not_before > now) until = std::min(until, effort.not_before);
    const auto pause = std::chrono::ceil<milliseconds>(until - now).count();
    curl_waitfd stop{.fd = stop_.fd(), .events = CURL_WAIT_POLLIN, .revents = 0};
    const bool stoppable = stop_.fd() >= 0;
    curl_.multi_poll(multi_.get(), stoppable ? &stop : nullptr, stoppable ? 1 : 0, static_cast<int>(pause),
                     nullptr);
    if (stop.revents != 0)
        return Error(Code::kCancelled, fmt::format("fetching {} was stopped; the next call goes on "
                                                   "from here",
                                                   request_.file.filename().string()));
    return {};
}

Status Fetch::collect_ended() {
    int left = 0;
    while (const CURLMsg* message = curl_.multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;
        const auto found = std::find_if(works_.begin(), works_.end(), [&](const auto& work) {
            return work->transfer->handle() == message->easy_handle;
        });
        HEARTH_ASSERT(found != works_.end());
        const std::unique_ptr<Work> work = std::move(*found);
        works_.erase(found);
        efforts_[work->segment].active = false;
        if (broken_) return *broken_;
        if (!changed_) TRY(ended(*work, code));
    }
    return {};
}

Status Fetch::restart() {
    changed_ = false;
    works_.clear();
    if (++restarts_ > kMaxRestarts) {
        if (whole_only_)
            return Error(Code::kUnavailable, "the server gives another answer each time; try again later");
        whole_only_ = true;
        restarts_ = 0;
    }
    begin_anew();
    return part_.begin(std::nullopt);
}

// In a callback of curl: no request may be added or removed here.
bool Fetch::take(Work& work, const Facts& facts, std::string_view piece) {
    if (work.refused) return true;
    if (!work.accepted) {
        if (Status accepted = accept(work, facts); !accepted) {
            broken_ = std::move(accepted).error();
            return false;
        }
        if (changed_) return false;
        if (work.refused) return true;
    }
    Segment& segment = state_.segments[work.segment];
    if (std::cmp_greater(piece.size(), segment.end - segment.begin - segment.done)) {
        broken_ = Error(Code::kCorrupt, "the server sends more than it was asked for");
        return false;
    }
    if (Status written = part_.write(segment.begin + segment.done, piece); !written) {
        broken_ = std::move(written).error();
        return false;
    }
    segment.done += static_cast<std::int64_t>(piece.size());
    work.received += static_cast<std::int64_t>(piece.size());
    return true;
}

Status Fetch::accept(Work& work, const Facts& facts) {
    const std::optional<Transfer::Range> asked = work.transfer->range();
    if (facts.status == 206 && asked) {
        if (!facts.range) {
            // Ranges of a form that cannot be used.
            whole_only_ = changed_ = true;
            return {};
        }
        if (facts.range->begin != asked->begin)
            return Error(Code::kCorrupt,
                         fmt::format("the server was asked for the bytes from {} and sends them from {}",
                                     asked->begin, facts.range->begin));
        if (!known_) {
            TRY(learn(work, facts.range->total, facts, Mode::kRanges));
        } else if (differs(facts)) {
            changed_ = true;
        } else {
            mode_ = Mode::kRanges;
        }
    } else if (facts.status == 200) {
        // While other ranges are under way this cannot be turned into the whole file.
        if (mode_ == Mode::kRanges)
            whole_only_ = changed_ = true;
        else
            TRY(learn(work, facts.length, facts, Mode::kWhole));
    } else {
        work.refused = true;
        return {};
    }
    work.accepted = true;
    return {};
}

Status Fetch::check_size(std::int64_t total) const {
    if (!request_.size || request_.size->value == total) return {};
    return Error(Code::kCorrupt,
                 fmt::format("the server has {} bytes for {}, and {} were expected: it is another file",
                             total, request_.file.filename().string(), request_.size->value));
}

Status Fetch::learn(Work& work, std::optional<std::int64_t> total, const Facts& facts, Mode mode) {
    if (total) TRY(check_size(*total));
    TRY(part_.begin(total));
    total_ = total;
    mode_ = mode;
    state_.total = total.value_or(0);
    state_.etag = facts.etag;
    state_.last_modified = facts.last_modified;
    if (mode == Mode::kRanges)
        state_.segments = divide(*total, kFirstPiece, connections_);
    else
        state_.segments = {
            {.begin = 0, .end = total.value_or(request_.size ? request_.size->value : kUnknownEnd)}};
    // The request under way becomes the one for the first segment; a resumed download may have asked for a later one.
    const Effort current = efforts_[work.segment];
    work.segment = 0;
    efforts_.assign(state_.segments.size(), Effort{});
    efforts_.front() = current;
    known_ = true;
    return mode == Mode::kRanges ? save(true) : Status{};
}

bool Fetch::differs(const Facts& facts) const {
    if (facts.range->total != state_.total) return true;
    if (!facts.etag.empty() && !state_.etag.empty()) return facts.etag != state_.etag;
    return !facts.last_modified.empty() && !state_.last_modified.empty() &&
           facts.last_modified != state_.last_modified;
}

Status Fetch::ended(Work& work, CURLcode code) {
    if (code != CURLE_OK) {
        Error error = work.transfer->error(code);
        return is_transient(code) ? failed(work, std::move(error)) : error;
    }
    const long status = work.transfer->facts().status;
    // An empty body was not seen by take().
    if (!work.accepted && !work.refused) TRY(accept(work, work.transfer->facts()));
    if (changed_) return {};
    if (work.accepted) return ended_well(work);
    if (status == 416 && work.transfer->range()) {
        // An empty file, one that became shorter, or a server that dislikes ranges.
        changed_ = true;
        if (!known_) whole_only_ = true;
        return {};
    }
    Error error = status_error(status, request_.url.c_str());
    return is_transient_status(status) ? failed(work, std::move(error)) : error;
}

Status Fetch::ended_well(Work& work) {
    Segment& segment = state_.segments[work.segment];
    if (mode_ == Mode::kWhole && !total_) {
        TRY(check_size(segment.done));
        segment.end = segment.done;
        total_ = segment.done;
        state_.total = segment.done;
    }
    if (segment.complete()) return {};
    return failed(work, Error(Code::kUnavailable, "the server ended its answer too early"));
}

Status Fetch::failed(Work& work, Error error) {
    Effort& effort = efforts_[work.segment];
    if (mode_ == Mode::kWhole) {
        // The next answer begins at the first byte.
        ++effort.failures;
        state_.segments[work.segment].done = 0;
    } else if (work.received > 0) {
        effort.failures = 0;
    } else if (!works_.empty() && connections_ > 1) {
        // Some servers take only so many connections; the others go on.
        --connections_;
    } else {
        ++effort.failures;
    }
    if (effort.failures >= kMaxFailures) return error;
    milliseconds pause = kFirstPause * (1 << effort.failures);
    const std::int64_t asked =
        std::clamp<std::int64_t>(work.transfer->retry_after_seconds(), 0, kLongestPauseSeconds);
    pause = std::max(pause, milliseconds{asked * 1000});
    effort.not_before = Clock::now() + pause;
    return {};
}

void Fetch::report(bool now) {
    if (!progress_ || (!now && Clock::now() < next_report_)) return;
    next_report_ = Clock::now() + kReportEvery;
    std::optional<Bytes> total = request_.size;
    if (total_) total = Bytes{*total_};
    progress_(Bytes{done()}, total);
}

Status Fetch::save(bool now) {
    if (mode_ != Mode::kRanges) return {};
    if (!now && Clock::now() < next_save_ && done() - saved_ < kSaveBytes) return {};
    // Nothing new: nothing to wait for the disk for.
    if (!now && done() == saved_) return {};
    TRY(part_.save(state_));
    saved_ = done();
    next_save_ = Clock::now() + kSaveEvery;
    return {};
}

}  // namespace hearth::net::detail
