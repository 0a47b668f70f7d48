#include "app/render.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "core/text.h"
#include "core/units.h"

namespace hearth::app {
namespace {

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string bar(double fraction) {
    constexpr int kCells = 24;
    const int full = std::clamp(static_cast<int>(fraction * kCells), 0, kCells);
    return fmt::format("[{:=<{}}{: <{}}]", "", full, "", kCells - full);
}

}  // namespace

std::string render_table(const Table& table) {
    std::vector<std::size_t> widths;
    for (const auto& heading : table.headings)
        widths.push_back(width_of(heading));
    for (const auto& row : table.rows) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string out;
    const auto add = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (std::size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
            const std::string padding(widths[i] - width_of(cells[i]), ' ');
            const bool right = i < table.numeric.size() && table.numeric[i];
            if (i > 0) line += "  ";
            line += right ? padding + cells[i] : cells[i] + padding;
        }
        while (!line.empty() && line.back() == ' ')
            line.pop_back();
        out += line + "\n";
    };
    add(table.headings);
    for (const auto& row : table.rows)
        add(row);
    return out;
}

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

Progress::Progress(std::string title) : title_(std::move(title)), terminal_(is_terminal(STDERR_FILENO)) {}

Progress::~Progress() {
    if (shown_ && terminal_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::update(std::optional<double> fraction, std::string_view detail) {
    const auto now = Clock::now();
    const std::chrono::duration<double> elapsed = now - start_;
    const auto pause = terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000);
    if (elapsed.count() < 1.0 || (shown_ && now - last_ < pause)) return;
    last_ = now;
    shown_ = true;
    std::string line = title_;
    if (fraction) {
        line += fmt::format(" {} {:3.0f}%", bar(*fraction), *fraction * 100);
        if (*fraction > 0.02 && *fraction < 1) {
            line += fmt::format(", {} left", human_seconds(elapsed.count() * (1 - *fraction) / *fraction));
        }
    } else {
        line += fmt::format(" {}", human_seconds(elapsed.count()));
    }
    if (!detail.empty()) line += fmt::format("  {}", printable(detail));
    fmt::print(stderr, "{}{}{}", terminal_ ? "\r\x1b[K" : "", line, terminal_ ? "" : "\n");
    std::fflush(stderr);
}

void Progress::finish(std::string_view outcome) {
    const std::chrono::duration<double> elapsed = Clock::now() - start_;
    if (shown_ && terminal_) fmt::print(stderr, "\r\x1b[K");
    if (shown_) fmt::print(stderr, "{}: {} ({})\n", title_, outcome, human_seconds(elapsed.count()));
    shown_ = false;
}

}  // namespace hearth::app
