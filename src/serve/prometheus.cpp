#include "serve/prometheus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::serve {
namespace {

constexpr std::array kBounds = {0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0};

std::string escaped(std::string_view text) {
    std::string out = to_valid_utf8(text);
    out = replace_all(out, "\\", "\\\\");
    out = replace_all(out, "\"", "\\\"");
    return replace_all(out, "\n", "\\n");
}

}  // namespace

void Histogram::add(double seconds) {
    if (!(seconds > 0)) seconds = 0;
    counts_.resize(kBounds.size() + 1);
    const auto bound = std::ranges::lower_bound(kBounds, seconds);
    ++counts_[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_ += seconds;
}

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void PrometheusText::sample(const Labels& labels, double value) { line("", labels, value); }

void PrometheusText::sample(const Labels& labels, const Histogram& histogram) {
    if (histogram.counts_.empty()) return;  // a histogram without its buckets would be none
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i < histogram.counts_.size(); ++i) {
        up_to += histogram.counts_[i];
        Labels with_bound = labels;
        with_bound.emplace_back("le", i < kBounds.size() ? fmt::format("{}", kBounds[i]) : "+Inf");
        line("_bucket", with_bound, static_cast<double>(up_to));
    }
    line("_sum", labels, histogram.sum_);
    line("_count", labels, static_cast<double>(up_to));
}

void PrometheusText::line(std::string_view suffix, const Labels& labels, double value) {
    text_.append(name_).append(suffix);
    const char* between = "{";
    for (const auto& [name, content] : labels) {
        text_.append(between).append(name).append("=\"").append(escaped(content)).append("\"");
        between = ",";
    }
    if (!labels.empty()) text_ += "}";
    text_ += fmt::format(" {}\n", value);
}

}  // namespace hearth::serve
