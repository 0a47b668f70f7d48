#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/units.h"
#include "serve/activity.h"
#include "serve/model_pool.h"
#include "serve/prometheus.h"

namespace hearth::serve {

// What a server did since it began, in numbers: by model and by the id of a key, never what was asked.
// Threads: the loop's.
class Metrics {
public:
    // A request that ended.
    void count(const Activity& ended);

    // Families that somebody else counts; written at the end of text(), on its thread.
    void add_source(std::function<void(PrometheusText&)> source) { sources_.push_back(std::move(source)); }

    // In Prometheus' text format, with what there is at this moment. docs/serve.md lists the families.
    [[nodiscard]] std::string text(const std::vector<LoadedModel>& models,
                                   const std::vector<RemoteState>& remotes, Bytes resident) const;

private:
    struct OfModel {
        Histogram first_token;
        Histogram queue;
        Histogram load;
        Histogram total;
    };

    struct TokenCounts {
        Tokens prompt;
        Tokens cached;
        Tokens generated;
    };

    std::map<std::tuple<std::string, std::string, int>, std::uint64_t> requests_;  // dialect, route, status
    std::map<std::string, OfModel> models_;
    std::map<std::pair<std::string, std::string>, TokenCounts> tokens_;  // model, key
    std::vector<std::function<void(PrometheusText&)>> sources_;
    std::int64_t begun_ms_ = unix_ms_now();
};

}  // namespace hearth::serve
