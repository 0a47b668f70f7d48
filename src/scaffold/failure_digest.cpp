#include "scaffold/failure_digest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

#include "core/text.h"
#include "scaffold/detail/test_counts.h"

namespace hearth::scaffold {
namespace {

using detail::count_tests;

constexpr std::size_t kMaxDigest = 1400;  // bytes, about 400 tokens
constexpr std::size_t kMaxLine = 240;
constexpr std::size_t kMaxPlaceLine = 1000;  // bytes of a line that are searched for a place
constexpr std::size_t kMaxPlaces = 50;

using Lines = std::vector<std::string_view>;

std::string clipped(std::string_view line) {
    if (line.size() <= kMaxLine) return std::string(line);
    return std::string(utf8_front(line, kMaxLine)) + " ...";
}

std::optional<std::int64_t> number_after(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = line.substr(at + word.size());
    return parse_number(rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size())));
}

// "calc.cpp:12:5: error: ..." and "cc1plus: fatal error: ...", but not "prog: error: no input" of the program under test.
bool is_compiler_error(std::string_view line) {
    for (const std::string_view sign : {": error: ", ": fatal error: "}) {
        const auto at = line.find(sign);
        if (at == std::string_view::npos || at == 0) continue;
        const auto before = line.substr(0, at);
        if (std::isdigit(static_cast<unsigned char>(before.back())) != 0) return true;
        constexpr std::array<std::string_view, 9> kTools = {"g++",     "gcc", "clang", "clang++", "cc1",
                                                            "cc1plus", "ld",  "mold",  "c++"};
        if (std::any_of(kTools.begin(), kTools.end(),
                        [&](std::string_view tool) { return before.ends_with(tool); }))
            return true;
    }
    return line.starts_with("CMake Error");
}

bool is_build_error(std::string_view line) {
    constexpr std::array<std::string_view, 12> kSigns = {
        "SyntaxError:",         "IndentationError:",      "TabError:",        "ImportError:",
        "ModuleNotFoundError:", "undefined reference to", "ld returned",      "error[E",
        "cannot find symbol",   "collect2: error",        "ERROR collecting", "linker command failed"};
    return is_compiler_error(line) || std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) {
               return line.find(sign) != std::string_view::npos;
           });
}

std::string without_workspace(std::string_view text, std::string_view workspace) {
    if (workspace.empty()) return std::string(text);
    auto out = replace_all(text, std::string(workspace) + "/", "");
    return replace_all(out, workspace, ".");
}

// "a.cpp:12" at the front of a word, which may stand in brackets.
std::optional<Place> place_in_word(std::string_view word) {
    while (!word.empty() && std::string_view("([<\"'`").find(word.front()) != std::string_view::npos)
        word.remove_prefix(1);
    for (auto colon = word.find(':'); colon != std::string_view::npos; colon = word.find(':', colon + 1)) {
        const auto number = number_after(word.substr(colon), ":");
        const auto name = word.substr(0, colon);
        const auto dot = name.rfind('.');
        if (!number || dot == std::string_view::npos || dot + 1 >= name.size()) continue;
        const bool extension = std::isalpha(static_cast<unsigned char>(name[dot + 1])) != 0;
        if (!extension || name.find("//") != std::string_view::npos)
            return std::nullopt;  // a time, an address
        return Place{std::string(name), *number};
    }
    return std::nullopt;
}

// `File "a.py", line 12`, `a.cpp:12:5: error`, `a.py:12: AssertionError`, `at f (a.js:3:5)`, `panicked at a.rs:5:9`.
std::optional<Place> place_in(std::string_view line) {
    constexpr std::string_view kFile = "File \"";
    if (const auto at = line.find(kFile); at != std::string_view::npos) {
        const auto rest = line.substr(at + kFile.size());
        const auto quote = rest.find('"');
        if (quote == std::string_view::npos) return std::nullopt;
        const auto number = number_after(rest.substr(quote), "line ");
        if (!number) return std::nullopt;
        return Place{std::string(rest.substr(0, quote)), *number};
    }
    for (const auto word : split(line.substr(0, kMaxPlaceLine), ' ')) {
        if (auto place = place_in_word(word)) return place;
    }
    return std::nullopt;
}

// Without the addresses of objects, which differ from run to run and tell nothing: the same failure reads the same.
std::string without_addresses(std::string_view text) {
    std::string out;
    while (true) {
        const auto at = text.find("0x");
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        const auto end = std::min(text.find_first_not_of("0123456789abcdefABCDEF", at + 2), text.size());
        out += end - at >= 8 ? std::string_view("0x...") : text.substr(at, end - at);
        text.remove_prefix(end);
    }
}

bool inside_workspace(const Place& place) {
    return !place.file.starts_with("/") && !place.file.starts_with("<") && !place.file.starts_with("..");
}

void append_line(std::string& out, std::string_view line) {
    out += clipped(line);
    out += '\n';
}

bool is_rule(std::string_view line) {
    const auto text = trim(line);
    return text.size() >= 8 && text.find_first_not_of("=-_~ ") == std::string_view::npos;
}

bool is_noise(std::string_view line) {
    constexpr std::array<std::string_view, 6> kInside = {"/lib/python3",
                                                         "/unittest/",
                                                         "site-packages/",
                                                         "in _callTestMethod",
                                                         "Traceback (most recent call last)",
                                                         "make: ***"};
    if (trim(line).empty() || is_rule(line) || line.starts_with("[-----") || line.starts_with("[ RUN"))
        return true;
    return std::any_of(kInside.begin(), kInside.end(),
                       [&](std::string_view sign) { return line.find(sign) != std::string_view::npos; });
}

// The first compile errors, each with the lines that the compiler shows below it.
std::string build_digest(const Lines& lines) {
    std::string out;
    int errors = 0;
    for (std::size_t n = 0; n < lines.size() && errors < 3 && out.size() < kMaxDigest; ++n) {
        if (!is_build_error(lines[n])) continue;
        ++errors;
        // Python shows the place above the message, compilers below it.
        const bool python = lines[n].find("Error:") != std::string_view::npos &&
                            lines[n].find(": error: ") == std::string_view::npos;
        const std::size_t from = python ? (n > 6 ? n - 6 : 0) : n;
        const std::size_t to = std::min(lines.size(), python ? n + 1 : n + 4);
        for (std::size_t i = from; i < to; ++i) {
            if (!python || !is_noise(lines[i])) append_line(out, lines[i]);
        }
        n = to - 1;
    }
    return out;
}

bool starts_failure(std::string_view line) {
    return line.starts_with("FAIL: ") || line.starts_with("ERROR: ") || line.starts_with("____") ||
           line.starts_with("--- FAIL") || (line.starts_with("[ RUN      ]")) || line.starts_with("---- ") ||
           trim(line).starts_with("\xE2\x97\x8F ");  // Jest's bullet
}

// The lines of one failing test: all, or the first and the last ones, since the message ends a traceback.
std::string failure_block(const Lines& block) {
    constexpr std::size_t kFirst = 8;
    constexpr std::size_t kLast = 12;
    std::string out;
    for (std::size_t n = 0; n < block.size(); ++n) {
        if (block.size() > kFirst + kLast && n == kFirst) {
            out += "...\n";
            n = block.size() - kLast;
        }
        append_line(out, block[n]);
    }
    return out;
}

// The blocks of the first failing tests, without rules, blank lines and frames of the test runner.
std::string failure_blocks(const Lines& lines) {
    std::string out;
    Lines block;
    int blocks = 0;
    for (const auto line : lines) {
        if (starts_failure(line)) {
            out += failure_block(block);
            block.clear();
            if (blocks == 3 || out.size() > kMaxDigest * 2 / 3) break;
            ++blocks;
        } else if (blocks > 0 && (line.starts_with("Ran ") || line.starts_with("[=====") ||
                                  line.find("short test summary") != std::string_view::npos)) {
            break;
        }
        const bool title = starts_failure(line) && !is_rule(line);
        if (blocks > 0 && (title || !is_noise(line))) block.push_back(line);
    }
    return out + failure_block(block);
}

// Without the frames of the test runner in Python tracebacks, and without the lines of ^^^ that underline.
Lines without_runner_frames(const Lines& lines) {
    Lines kept;
    bool inside = false;
    for (const auto line : lines) {
        const bool frame = line.starts_with("  File \"");
        if (frame) inside = is_noise(line) || line.find("\"<frozen ") != std::string_view::npos;
        if (!line.starts_with("    ") && !frame) inside = false;
        const auto text = trim(line);
        const bool underline = !text.empty() && text.find_first_not_of("^~ ") == std::string_view::npos &&
                               text.find('^') != std::string_view::npos;
        if (!inside && !underline) kept.push_back(line);
    }
    return kept;
}

// The places of each failure, innermost first: tracebacks end there. Those of compilers stay in order, since the first error is
// the cause of the rest.
std::vector<Place> places_in(const Lines& lines) {
    std::vector<Place> places;
    std::size_t group = 0;  // where the places of the failure under way start
    bool inside = false;
    const auto close = [&] {
        if (inside) std::reverse(places.begin() + static_cast<std::ptrdiff_t>(group), places.end());
        group = places.size();
    };
    for (const auto line : lines) {
        if (starts_failure(line) || line.starts_with("Traceback (most recent call last)")) {
            close();
            inside = true;
        }
        if (places.size() - group >= kMaxPlaces || group >= kMaxPlaces) continue;
        if (auto place = place_in(line); place && inside_workspace(*place))
            places.push_back(*std::move(place));
    }
    close();
    if (places.size() > kMaxPlaces) places.resize(kMaxPlaces);
    return places;
}

// GoogleTest prints a block for each test; only those that failed matter.
Lines only_failed_gtest_blocks(const Lines& lines) {
    Lines kept;
    Lines block;
    bool in_block = false;
    for (const auto line : lines) {
        if (line.starts_with("[ RUN      ]")) {
            block.clear();
            in_block = true;
        }
        if (!in_block) {
            kept.push_back(line);
            continue;
        }
        block.push_back(line);
        if (line.starts_with("[       OK ]")) in_block = false;
        if (line.starts_with("[  FAILED  ]")) {
            kept.insert(kept.end(), block.begin(), block.end());
            in_block = false;
        }
    }
    if (in_block) kept.insert(kept.end(), block.begin(), block.end());  // a crash ended it
    return kept;
}

// Lines that speak of a failure in output of no known shape.
std::string telling_lines(const Lines& lines) {
    constexpr std::array<std::string_view, 10> kWords = {
        "fail", "error", "expected", "actual", "assert", "got", "want", "not ok", "mismatch", "exception"};
    std::string out;
    for (std::size_t n = 0; n < lines.size() && out.size() < kMaxDigest * 2 / 3; ++n) {
        const auto lower = to_lower_ascii(lines[n].substr(0, kMaxLine));
        const bool tells = std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
            return lower.find(word) != std::string::npos;
        });
        if (tells && !is_noise(lines[n])) append_line(out, lines[n]);
    }
    return out;
}

std::string signal_words(int signal) {
    switch (signal) {
        case 0: return {};
        case 6: return "The program aborted (SIGABRT): a failed assertion or an uncaught exception.\n";
        case 8: return "The program died of a division by zero (SIGFPE).\n";
        case 9: return "The program was killed: it used too much memory or time.\n";
        case 11: return "The program crashed with a segmentation fault (SIGSEGV).\n";
        default: return fmt::format("The program was killed by signal {}.\n", signal);
    }
}

// What a shell or make says of a program that a signal ended.
std::string told_crash(const Lines& lines) {
    for (const auto line : lines) {
        const auto text = trim(line);
        if (text.ends_with("Segmentation fault") || text.ends_with("Segmentation fault (core dumped)"))
            return signal_words(11);
        if (text.ends_with("Floating point exception") ||
            text.ends_with("Floating point exception (core dumped)"))
            return signal_words(8);
    }
    return {};
}

// How many checks failed by the output of a program that has no summary with both numbers: its own count, else a line for each with
// a place in the sources or a word of failure in front.
std::optional<std::int64_t> failed_checks(const Lines& lines) {
    constexpr std::array<std::string_view, 3> kCounts = {"FAILED: ", "failures: ", "failed: "};
    constexpr std::array<std::string_view, 4> kStarts = {"FAIL", "not ok", "Failed", "failed"};
    std::int64_t found = 0;
    for (const auto raw : lines) {
        const auto line = trim(raw.substr(0, kMaxLine));
        for (const auto word : kCounts) {
            const auto number = line.starts_with(word) ? number_after(line, word) : std::nullopt;
            if (number && *number > 0) return number;
        }
        const auto colon = line.find(": ");
        const auto place =
            colon == std::string_view::npos ? std::nullopt : place_in_word(line.substr(0, colon));
        const bool compiler = line.find(" warning: ") != std::string_view::npos ||
                              line.find(" note: ") != std::string_view::npos;
        const bool starts =
            std::ranges::any_of(kStarts, [&](std::string_view word) { return line.starts_with(word); });
        if ((place && !compiler) || starts) ++found;
    }
    return found > 0 ? std::optional(found) : std::nullopt;
}

}  // namespace

std::int64_t TestReport::score() const {
    constexpr std::int64_t kGreen = 1'000'000;
    constexpr std::int64_t kStep = 1'000;  // a count is worth more than any line
    if (green) return kGreen * kStep;
    std::int64_t points = built ? 100'000 : 0;
    // Where only failures are told, fewer are better; where nothing is told, a crash may have hidden them.
    constexpr std::int64_t kNothingTold = 9'999;
    points += std::min<std::int64_t>(passed.value_or(0), 9'999) * 10;
    points -= passed ? std::min<std::int64_t>(failed.value_or(0), 9)
                     : std::min<std::int64_t>(failed.value_or(kNothingTold), kNothingTold);
    if (timed_out) points -= 50'000;
    // The outermost place is the test's own line; where other tests pass, it may be that of another test than before.
    const bool one_line = built && !timed_out && failed == 1 && passed.value_or(0) == 0 && !places.empty();
    return points * kStep + (one_line ? std::clamp<std::int64_t>(places.back().line, 0, kStep - 1) : 0);
}

TestReport digest_test_run(const RawRun& run) {
    TestReport report;
    report.timed_out = run.timed_out;
    report.green = run.exit_code == 0 && run.signal == 0 && !run.timed_out;
    const auto text = to_valid_utf8(without_addresses(without_workspace(run.output, run.workspace)));
    const auto all = split_lines(text);
    const auto counts = count_tests(all);
    report.passed = counts.passed;
    report.failed = counts.failed;
    report.places = places_in(all);
    if (report.green) {
        report.places.clear();  // of warnings
        return report;
    }
    const auto lines = without_runner_frames(only_failed_gtest_blocks(all));
    const bool build_error = std::any_of(lines.begin(), lines.end(), is_build_error);
    // An import error inside a test that ran among others that pass is a failure, not a broken build.
    report.built = !build_error || report.passed.value_or(0) > 0;
    std::string body = build_error ? build_digest(lines) : failure_blocks(lines);
    if (trim(body).empty()) body = telling_lines(lines);
    if (trim(body).empty()) body = head_and_tail(trim(text), 400, 800);
    if (body.size() > kMaxDigest) body = head_and_tail(body, kMaxDigest * 2 / 3, kMaxDigest / 3);
    std::string end = signal_words(run.signal);
    if (run.exit_code > 128 && run.exit_code < 160 && run.signal == 0)
        end = signal_words(run.exit_code - 128);
    if (end.empty()) end = told_crash(lines);
    if (run.timed_out) end = "The tests did not end in time: look for an endless loop.\n";
    report.digest = body + (body.empty() || body.back() == '\n' ? "" : "\n") + end;
    const bool ended_by_itself = end.empty();
    if (!report.passed && !report.failed && report.built && ended_by_itself)
        report.failed = failed_checks(all);
    if (report.passed && report.failed && *report.failed > 0)
        report.digest += fmt::format("({} passed, {} failed)\n", *report.passed, *report.failed);
    return report;
}

std::string summary(const TestReport& report) {
    if (report.green) {
        return report.passed && *report.passed > 0 ? fmt::format("all {} tests pass", *report.passed)
                                                   : "all tests pass";
    }
    if (report.timed_out) return "the tests do not end in time";
    if (!report.built) return "does not build";
    if (report.passed && report.failed) {
        return fmt::format("{} of {} tests pass", *report.passed, *report.passed + *report.failed);
    }
    if (report.failed && *report.failed > 0)
        return *report.failed == 1 ? "one check fails" : fmt::format("{} checks fail", *report.failed);
    return "the tests fail";
}

}  // namespace hearth::scaffold
