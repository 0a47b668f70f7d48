#include "eval/detail/html.h"

#include <cmath>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kColours = 8;

// Colours have a contrast of 4.5 or more on their background.
constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark;
  --page: #faf9f7; --card: #ffffff; --text: #1d1c1a; --soft: #595650; --line: #dcd8d1;
  --all: #d3eedd; --some: #f7e8c0; --none: #f5dad7; --added: #17663c; --removed: #a12622;
  --c1: #0b63b5; --c2: #b0450a; --c3: #19734a; --c4: #7a3be0; --c5: #a8215f; --c6: #6a6000; --c7: #006a74; --c8: #6a4a34; }
@media (prefers-color-scheme: dark) { :root {
  --page: #151619; --card: #1d1e22; --text: #eae8e4; --soft: #b0aca4; --line: #3b3c42;
  --all: #173d28; --some: #46390f; --none: #4b2422; --added: #7ddba5; --removed: #ff9d96;
  --c1: #6cb2ff; --c2: #ff9d5c; --c3: #5fd39a; --c4: #c3a1ff; --c5: #ff8cc0; --c6: #d8cc55; --c7: #4fd0dc; --c8: #d8b89e; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.4rem; }
h3 { font-size: 1rem; margin: 0 0 0.3rem; }
p { margin: 0.3rem 0; max-width: 60rem; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: var(--card); }
th, td { padding: 0.35rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; } td.n { white-space: nowrap; }
td { min-width: 8rem; } td.n, td.pair { min-width: 0; } td.arm { min-width: 13rem; } td.pair { white-space: nowrap; }
td.all { background: var(--all); } td.some { background: var(--some); } td.none { background: var(--none); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; align-items: start; }
figure { margin: 0; padding: 0.9rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 0.4rem; }
svg { display: block; width: 100%; min-width: 27rem; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--text); paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; } svg .axis { fill: var(--soft); } svg .grid { stroke: var(--line); }
svg .own { fill: currentColor; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0.5rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
.dot { display: inline-block; min-width: 1.35em; margin-right: 0.4em; padding: 0 0.3em; border-radius: 0.7em; text-align: center;
  font-size: 0.85em; font-weight: 600; background: currentColor; }
.dot b { color: var(--card); }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0.4rem 0; }
summary { cursor: pointer; padding: 0.5rem 0.9rem; }
summary > span { color: var(--soft); }
.sides { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(min(17rem, 82vw), 1fr); gap: 0.8rem; overflow-x: auto;
  padding: 0 0.9rem 0.9rem; }
.side { min-width: 0; }
.side .result { margin: 0.6rem 0 0.2rem; padding: 0.2rem 0.5rem; border-radius: 6px; font-size: 0.9rem; }
.side .all { background: var(--all); } .side .none { background: var(--none); }
h4 { font-size: 0.95rem; margin: 0.7rem 0 0.1rem; }
.side h4 { font-size: 0.9rem; margin: 0.6rem 0 0.2rem; }
pre { margin: 0.3rem 0; padding: 0.6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--page); color: var(--text);
  font: 12.5px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 32rem; overflow-y: auto; }
pre ins { color: var(--added); text-decoration: none; } pre del { color: var(--removed); text-decoration: none; }
.c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); }
.c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); } .c8 { color: var(--c8); }
@media (max-width: 40rem) { body { padding: 0.7rem; } h1 { font-size: 1.3rem; } th, td { padding: 0.3rem 0.5rem; } figure { padding: 0.6rem; } svg { min-width: 0; font-size: 16px; } }
@media print { details { break-inside: avoid; } pre { max-height: none; } }
)";

}  // namespace

std::string escaped(std::string_view text) {
    const auto clean = printable(to_valid_utf8(text));
    std::string result;
    result.reserve(clean.size() + clean.size() / 8);
    for (const char c : clean) {
        switch (c) {
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '&': result += "&amp;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default: result += c;
        }
    }
    return result;
}

std::string_view report_style() { return kStyle; }

std::string percent(double share) {
    const double value = 100 * share;
    if (value > 0 && value < 1) return fmt::format("{:.1f} %", value);
    return fmt::format("{:.0f} %", value);
}

std::string points(double difference) {
    const double rounded = std::round(1000 * difference) / 10;
    return fmt::format("{}{:.1f}", rounded > 0 ? "+" : rounded < 0 ? "−" : "", std::abs(rounded));
}

std::string interval_text(const Interval& interval) {
    return fmt::format("{} to {}", percent(interval.low), percent(interval.high));
}

std::string comparison_cells(const Comparison& comparison, double corrected_p) {
    return fmt::format(
        "<td class=\"n\">{}</td><td class=\"n\">{} to {}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{} / {} / {}</td>",
        points(comparison.effect), points(comparison.interval.low), points(comparison.interval.high),
        corrected_p < 0.001 ? "&lt; 0.001" : fmt::format("{:.3f}", corrected_p), comparison.better,
        comparison.equal, comparison.worse);
}

std::string_view comparison_headings() {
    return "<th class=\"n\">Difference (points)</th><th class=\"n\">95 % interval</th><th class=\"n\">p "
           "(Holm)</th><th class=\"n\">Tasks better / equal / worse</th>";
}

std::string colour_class(std::size_t arm) { return fmt::format("c{}", arm % kColours + 1); }

}  // namespace hearth::eval::detail
