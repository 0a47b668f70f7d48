#include "eval/detail/plots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "core/text.h"
#include "eval/detail/html.h"

namespace hearth::eval::detail {
namespace {

constexpr double kWidth = 520;
constexpr double kRow = 46;
constexpr std::size_t kLongestName = 52;

struct Box {
    double left;
    double top;
    double right;
    double bottom;

    [[nodiscard]] bool meets(const Box& other) const {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

// Cut between characters.
std::string short_name(std::string_view name, std::size_t longest) {
    if (name.size() <= longest) return escaped(name);
    auto end = longest - 1;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U)
        --end;
    return escaped(name.substr(0, end)) + "…";
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view content,
                    std::string_view extra = "") {
    return fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>)", x, y, anchor, extra,
                       content);
}

std::string line_at(double x1, double y1, double x2, double y2, std::string_view extra) {
    return fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" {}/>)", x1, y1, x2, y2,
                       extra);
}

constexpr std::string_view kOwnLine = R"(stroke="currentColor" stroke-width="2.5" stroke-linecap="round")";
constexpr std::string_view kGrid = R"(class="grid")";
constexpr std::string_view kAxis = R"( class="axis")";
constexpr std::string_view kOwn = R"( class="own")";

std::string svg(double height, std::string_view label, std::string_view content) {
    return fmt::format(
        R"(<div class="scroll"><svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg></div>)",
        kWidth, height, label, content);
}

// Points of different arms also differ in shape.
std::string marker(std::size_t arm, double x, double y) {
    switch (arm % 4) {
        case 0: return fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="6" fill="currentColor"/>)", x, y);
        case 1:
            return fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="11" height="11" fill="currentColor"/>)",
                               x - 5.5, y - 5.5);
        case 2: return fmt::format(R"(<path d="M{:.1f} {:.1f}l7 12h-14z" fill="currentColor"/>)", x, y - 7.5);
        default:
            return fmt::format(R"(<path d="M{:.1f} {:.1f}l7 7l-7 7l-7 -7z" fill="currentColor"/>)", x, y - 7);
    }
}

std::string seconds_text(double seconds) {
    if (seconds < 10) return fmt::format("{:.1f} s", seconds);
    if (seconds < 600) return fmt::format("{:.0f} s", seconds);
    return fmt::format("{:.0f} min", seconds / 60);
}

std::string tick_text(double value) { return fmt::format("{}", std::round(value * 1000) / 1000); }

// The vertical axis of pass rates, 0 to 100 %.
std::string rate_axis(double left, double right, double top, double bottom) {
    std::string result;
    for (int i = 0; i <= 4; ++i) {
        const double y = bottom - (bottom - top) * i / 4;
        result += line_at(left, y, right, y, kGrid) +
                  text_at(left - 8, y + 4, "end", fmt::format("{}", 25 * i), kAxis);
    }
    const double middle = (top + bottom) / 2;
    return result + text_at(14, middle, "middle", "Pass rate (%)",
                            fmt::format(R"~( class="axis" transform="rotate(-90 14 {:.1f})")~", middle));
}

std::string whisker(double x, const Interval& interval, double top, double bottom) {
    const double low = bottom - (bottom - top) * interval.low;
    const double high = bottom - (bottom - top) * interval.high;
    return line_at(x, low, x, high, R"(stroke="currentColor" stroke-width="1.5")") +
           line_at(x - 5, low, x + 5, low, R"(stroke="currentColor" stroke-width="1.5")") +
           line_at(x - 5, high, x + 5, high, R"(stroke="currentColor" stroke-width="1.5")");
}

// A place for a small label near a point that meets nothing placed before.
Box place_label(double x, double y, double width, std::vector<Box>& taken, const Box& frame) {
    constexpr double kHeight = 15;
    constexpr std::array kOffsets = {std::pair{11.0, -8.0},  std::pair{11.0, 20.0},   std::pair{-11.0, -8.0},
                                     std::pair{-11.0, 20.0}, std::pair{26.0, -8.0},   std::pair{26.0, 20.0},
                                     std::pair{-26.0, -8.0}, std::pair{-26.0, 20.0},  std::pair{11.0, -26.0},
                                     std::pair{11.0, 38.0},  std::pair{-11.0, -26.0}, std::pair{-11.0, 38.0}};
    Box best{};
    for (std::size_t i = 0; i < kOffsets.size(); ++i) {
        const auto [dx, dy] = kOffsets[i];
        const double left = dx > 0 ? x + dx : x + dx - width;
        const Box box{left, y + dy - kHeight, left + width, y + dy};
        const bool inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top &&
                            box.bottom <= frame.bottom;
        if (i == 0) best = box;
        if (inside && std::ranges::none_of(taken, [&box](const Box& other) { return other.meets(box); })) {
            best = box;
            break;
        }
    }
    taken.push_back(best);
    return best;
}

}  // namespace

std::vector<double> round_ticks(double most, int count) {
    if (!(most > 0) || !std::isfinite(most)) return {0, 1};
    const double raw = most / count;
    const double size = std::pow(10, std::floor(std::log10(raw)));
    double step = 10 * size;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * size >= raw * 0.999999) {
            step = factor * size;
            break;
        }
    }
    std::vector<double> ticks = {0};
    while (ticks.back() < most * 0.999999)
        ticks.push_back(step * static_cast<double>(ticks.size()));
    return ticks;
}

std::string rate_plot(const std::vector<RatePoint>& points) {
    constexpr double kLeft = 16;
    constexpr double kRight = kWidth - 20;
    const double bottom = 8 + kRow * static_cast<double>(points.size());
    const auto across = [&](double share) { return kLeft + (kRight - kLeft) * share; };
    std::string content;
    for (int i = 0; i <= 4; ++i) {
        const double x = across(i / 4.0);
        content += line_at(x, 4, x, bottom, kGrid) +
                   text_at(x, bottom + 17, "middle", fmt::format("{}", 25 * i), kAxis);
    }
    content +=
        text_at((kLeft + kRight) / 2, bottom + 36, "middle", "Pass rate (%), line: 95 % interval", kAxis);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const auto& point = points[i];
        const double y = 8 + kRow * static_cast<double>(i);
        const auto figure =
            fmt::format("{} ({}–{})", percent(point.rate.rate), std::lround(100 * point.rate.interval.low),
                        std::lround(100 * point.rate.interval.high));
        content += fmt::format(R"(<g class="{}">)", colour_class(point.arm));
        content += text_at(kLeft + 2, y + 14, "start",
                           fmt::format("{}. {}", point.arm + 1, short_name(point.name, kLongestName)));
        content += text_at(kRight, y + 14, "end", figure, kOwn);
        content += line_at(across(point.rate.interval.low), y + 29, across(point.rate.interval.high), y + 29,
                           kOwnLine);
        content += marker(point.arm, across(point.rate.rate), y + 29) + "</g>";
    }
    return svg(bottom + 44, "Pass rate of each arm with its interval", content);
}

std::string cost_plot(const std::vector<CostPoint>& points) {
    constexpr Box kFrame{58, 12, kWidth - 22, 250};
    double most = 0;
    for (const auto& point : points)
        most = std::max(most, point.seconds);
    const auto ticks = round_ticks(most, 5);
    const auto across = [&](double seconds) {
        return kFrame.left + (kFrame.right - kFrame.left) * seconds / ticks.back();
    };
    auto content = rate_axis(kFrame.left, kFrame.right, kFrame.top, kFrame.bottom);
    for (const double tick : ticks) {
        content += line_at(across(tick), kFrame.top, across(tick), kFrame.bottom, kGrid);
        content += text_at(across(tick), kFrame.bottom + 18, "middle", tick_text(tick), kAxis);
    }
    content += text_at((kFrame.left + kFrame.right) / 2, kFrame.bottom + 38, "middle",
                       "Mean time of an attempt (s)", kAxis);
    std::vector<Box> taken;
    for (const auto& point : points) {
        const double x = across(point.seconds);
        const double y = kFrame.bottom - (kFrame.bottom - kFrame.top) * point.rate.rate.rate;
        taken.push_back({x - 8, y - 8, x + 8, y + 8});
        const auto& interval = point.rate.rate.interval;
        const double height = kFrame.bottom - kFrame.top;
        taken.push_back({x - 6, kFrame.bottom - height * interval.high - 2, x + 6,
                         kFrame.bottom - height * interval.low + 2});
    }
    for (const auto& point : points) {
        const double x = across(point.seconds);
        const double y = kFrame.bottom - (kFrame.bottom - kFrame.top) * point.rate.rate.rate;
        const auto number = fmt::format("{}", point.rate.arm + 1);
        const auto label = place_label(x, y, 9.0 * static_cast<double>(number.size()), taken, kFrame);
        content += fmt::format(R"(<g class="{}"><title>{}</title>)", colour_class(point.rate.arm),
                               escaped(point.rate.name));
        content +=
            whisker(x, point.rate.rate.interval, kFrame.top, kFrame.bottom) + marker(point.rate.arm, x, y);
        content += text_at(label.left, label.bottom - 3, "start", number, kOwn) + "</g>";
    }
    return svg(kFrame.bottom + 46, "Pass rate against mean time of an attempt", content);
}

std::string time_plot(const std::vector<SolvedTime>& times) {
    constexpr double kLeft = 16;
    constexpr double kRight = kWidth - 90;  // room for the figure behind the longest bar
    const double bottom = 8 + kRow * static_cast<double>(times.size());
    double most = 0;
    for (const auto& time : times)
        most = std::max(most, time.seconds.value_or(0));
    const auto ticks = round_ticks(most, 5);
    const auto across = [&](double seconds) { return kLeft + (kRight - kLeft) * seconds / ticks.back(); };
    std::string content;
    for (const double tick : ticks) {
        content += line_at(across(tick), 4, across(tick), bottom, kGrid);
        content += text_at(across(tick), bottom + 17, "middle", tick_text(tick), kAxis);
    }
    content +=
        text_at((kLeft + kRight) / 2, bottom + 36, "middle", "Time of all attempts / solved ones (s)", kAxis);
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto& time = times[i];
        const double y = 8 + kRow * static_cast<double>(i);
        content += fmt::format(R"(<g class="{}">)", colour_class(time.arm));
        content += text_at(kLeft + 2, y + 14, "start",
                           fmt::format("{}. {}", time.arm + 1, short_name(time.name, kLongestName)));
        if (time.seconds) {
            content += fmt::format(
                R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="14" rx="2" fill="currentColor"/>)",
                kLeft, y + 21, std::max(1.0, across(*time.seconds) - kLeft));
            content += text_at(across(*time.seconds) + 7, y + 33, "start", seconds_text(*time.seconds), kOwn);
        } else {
            content += text_at(kLeft + 2, y + 33, "start", "nothing solved", kOwn);
        }
        content += "</g>";
    }
    return svg(bottom + 44, "Time per solved task of each arm", content);
}

std::string version_plot(const std::vector<VersionLine>& lines) {
    constexpr Box kFrame{58, 12, kWidth - 30, 250};
    std::vector<std::string> versions;
    std::vector<std::string> notes;
    for (const auto& line : lines) {
        for (const auto& point : line.points) {
            if (std::ranges::find(versions, point.version) != versions.end()) continue;
            versions.push_back(point.version);
            notes.push_back(point.note);
        }
    }
    const double step =
        (kFrame.right - kFrame.left) / static_cast<double>(std::max<std::size_t>(versions.size(), 1));
    auto content = rate_axis(kFrame.left, kFrame.right, kFrame.top, kFrame.bottom);
    const auto longest = static_cast<std::size_t>(std::max(4.0, step / 7.5));
    const std::size_t every = 1 + versions.size() / 12;  // names that would not fit are left out
    for (std::size_t i = 0; i < versions.size(); i += every) {
        const double x = kFrame.left + step * (static_cast<double>(i) + 0.5);
        content += text_at(x, kFrame.bottom + 18, "middle", short_name(versions[i], longest * every), kAxis);
        content += text_at(x, kFrame.bottom + 34, "middle", short_name(notes[i], longest * every), kAxis);
    }
    content += text_at((kFrame.left + kFrame.right) / 2, kFrame.bottom + 54, "middle", "Oldest first", kAxis);
    const double spread = std::min(10.0, step / static_cast<double>(lines.size() + 1));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const double aside = spread * (static_cast<double>(i) - static_cast<double>(lines.size() - 1) / 2);
        std::string path;
        std::string marks;
        for (const auto& point : lines[i].points) {
            const auto place = std::ranges::find(versions, point.version) - versions.begin();
            const double x = kFrame.left + step * (static_cast<double>(place) + 0.5) + aside;
            const double y = kFrame.bottom - (kFrame.bottom - kFrame.top) * point.rate.rate;
            path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x, y);
            marks += fmt::format("<g><title>{}, {}: {}</title>", escaped(point.version), escaped(point.note),
                                 percent(point.rate.rate)) +
                     whisker(x, point.rate.interval, kFrame.top, kFrame.bottom) + marker(lines[i].arm, x, y) +
                     "</g>";
        }
        content +=
            fmt::format(R"(<g class="{}"><path d="{}" fill="none" stroke="currentColor" stroke-width="1.5" )"
                        R"(stroke-dasharray="5 4"/>{}</g>)",
                        colour_class(lines[i].arm), path, marks);
    }
    return svg(kFrame.bottom + 62, "Pass rate over versions", content);
}

}  // namespace hearth::eval::detail
