#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "net/detail/curl.h"
#include "net/detail/part_file.h"
#include "net/detail/transfer.h"
#include "net/download.h"
#include "os/stop_event.h"

namespace hearth::net::detail {

// One download: which pieces are missing, which connections fetch them, what happens when one fails.
//
// It asks for the first missing piece with one connection. The answer says whether the server takes ranges and how
// long the file is; then the others start. A server without ranges, or one whose file changes again and again, gives all
// of it in one stream, which cannot be resumed.
// Threads: one owner; one thread does everything, curl's callbacks included.
class Fetch {
public:
    static Result<std::unique_ptr<Fetch>> open(const Curl& curl, const DownloadRequest& request,
                                               const DownloadProgress& progress, std::stop_token stop);

    // Until the file is there.
    Status run();

private:
    using Clock = std::chrono::steady_clock;

    enum class Mode : std::uint8_t { kAsking, kRanges, kWhole };

    // A request under way for one segment.
    struct Work {
        std::size_t segment = 0;
        std::int64_t received = 0;
        bool accepted = false;  // its headers were looked at, and its body belongs into the file
        bool refused = false;   // its body is an error page
        std::unique_ptr<Transfer> transfer;
    };

    // What is remembered of a segment beside its bytes.
    struct Effort {
        bool active = false;
        int failures = 0;  // in a row, without a byte
        Clock::time_point not_before;
    };

    struct CloseMulti {
        const Curl* curl;

        void operator()(CURLM* multi) const { curl->multi_cleanup(multi); }
    };

    Fetch(const Curl& curl, const DownloadRequest& request, const DownloadProgress& progress,
          os::StopEvent stop, PartFile part, CURLM* multi);

    void begin_anew();
    Status loop();
    Status start_due();
    Status start(std::size_t segment);
    Status wait();
    Status collect_ended();
    Status restart();

    bool take(Work& work, const Facts& facts, std::string_view piece);
    Status accept(Work& work, const Facts& facts);
    Status learn(Work& work, std::optional<std::int64_t> total, const Facts& facts, Mode mode);
    Status check_size(std::int64_t total) const;
    [[nodiscard]] bool differs(const Facts& facts) const;

    Status ended(Work& work, CURLcode code);
    Status ended_well(Work& work);
    Status failed(Work& work, Error error);

    void report(bool now);
    Status save(bool now);
    [[nodiscard]] bool complete() const;

    [[nodiscard]] std::int64_t done() const { return state_.done(); }

    const Curl& curl_;
    const DownloadRequest& request_;
    const DownloadProgress& progress_;
    os::StopEvent stop_;
    PartFile part_;
    std::unique_ptr<CURLM, CloseMulti> multi_;
    std::vector<std::unique_ptr<Work>> works_;  // after multi_: requests leave it before it is closed

    Mode mode_ = Mode::kAsking;
    bool whole_only_ = false;  // ask without a range
    bool known_ = false;       // state_ is of this file, not only a first question
    bool changed_ = false;     // what the server has is not what state_ says
    int restarts_ = 0;
    int connections_;
    std::optional<std::int64_t> total_;
    std::optional<Error> broken_;  // found inside of a callback of curl
    PartState state_;
    std::vector<Effort> efforts_;  // beside state_.segments
    std::int64_t saved_ = 0;       // bytes done at the last save
    Clock::time_point next_save_;
    Clock::time_point next_report_;
};

}  // namespace hearth::net::detail
