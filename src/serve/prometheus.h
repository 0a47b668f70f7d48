#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::serve {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Counts of durations up to each of a fixed row of bounds, from 50 ms to ten minutes. Threads: a plain value.
class Histogram {
public:
    // Numbers below 0, or that are none, count as 0.
    void add(double seconds);

private:
    friend class PrometheusText;
    std::vector<std::uint64_t> counts_;  // one a bound, and one for what is longer than all
    double sum_ = 0;
};

// Prometheus' text format 0.0.4: families one after another, each with its samples.
// Source: prometheus.io/docs/instrumenting/exposition_formats. Names are the caller's and valid; label values may be anything: quotes,
// backslashes and line breaks are escaped, bytes that are no UTF-8 replaced.
class PrometheusText {
public:
    // `type`: "counter", "gauge" or "histogram".
    void family(std::string_view name, std::string_view type, std::string_view help);

    // One of the family that was begun last.
    void sample(const Labels& labels, double value);
    void sample(const Labels& labels, const Histogram& histogram);

    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    void line(std::string_view suffix, const Labels& labels, double value);

    std::string name_;
    std::string text_;
};

}  // namespace hearth::serve
