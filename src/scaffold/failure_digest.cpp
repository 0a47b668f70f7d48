#include "scaffold/failure_digest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMaxDigest = 1400;  // bytes, about 400 tokens
constexpr std::size_t kMaxLine = 240;

using Lines = std::vector<std::string_view>;

std::string clipped(std::string_view line) {
    if (line.size() <= kMaxLine) return std::string(line);
    return std::string(line.substr(0, kMaxLine)) + " ...";
}

// The number that stands right before `at` ("3 passed" with at on " passed").
std::optional<std::int64_t> number_before(std::string_view line, std::size_t at) {
    std::size_t start = at;
    while (start > 0 && std::isdigit(static_cast<unsigned char>(line[start - 1])) != 0)
        --start;
    return parse_number(line.substr(start, at - start));
}

std::optional<std::int64_t> number_after(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = line.substr(at + word.size());
    std::size_t end = 0;
    while (end < rest.size() && std::isdigit(static_cast<unsigned char>(rest[end])) != 0)
        ++end;
    return parse_number(rest.substr(0, end));
}

std::optional<std::int64_t> count_word(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    return at == std::string_view::npos ? std::nullopt : number_before(line, at);
}

// Takes a count out of one summary line of a known runner.
void read_counts(std::string_view line, TestReport& report) {
    if (line.starts_with("Ran ") && line.find(" test") != std::string_view::npos) {  // unittest, line one
        report.passed = number_after(line, "Ran ");
    } else if (line.starts_with("FAILED (") || line == "OK" ||
               line.starts_with("OK (")) {  // unittest, line two
        const auto bad =
            number_after(line, "failures=").value_or(0) + number_after(line, "errors=").value_or(0);
        report.failed = bad;
        if (report.passed) report.passed = std::max<std::int64_t>(0, *report.passed - bad);
    } else if (line.starts_with("[  PASSED  ] ")) {
        report.passed = number_after(line, "[  PASSED  ] ");
    } else if (line.starts_with("[  FAILED  ] ") && line.find(" test") != std::string_view::npos) {
        if (const auto bad = number_after(line, "[  FAILED  ] ")) report.failed = bad;
    } else if (line.find("tests passed,") !=
               std::string_view::npos) {  // CTest: "50% tests passed, 1 tests failed out of 2"
        const auto bad = count_word(line, " tests failed");
        const auto all = number_after(line, "out of ");
        if (bad && all) {
            report.failed = bad;
            report.passed = *all - *bad;
        }
    } else if (line.starts_with("test result:") || line.starts_with("Tests:") || line.starts_with("=") ||
               line.find(" passed") != std::string_view::npos ||
               line.find(" failed") != std::string_view::npos) {
        const auto good = count_word(line, " passed");
        const auto bad = count_word(line, " failed");
        const auto errors = count_word(line, " error");
        if (good || bad || errors) {
            report.passed = good.value_or(0);
            report.failed = bad.value_or(0) + errors.value_or(0);
        }
    }
}

bool is_build_error(std::string_view line) {
    constexpr std::array<std::string_view, 14> kSigns = {": error: ",
                                                         ": fatal error: ",
                                                         "SyntaxError:",
                                                         "IndentationError:",
                                                         "TabError:",
                                                         "ImportError:",
                                                         "ModuleNotFoundError:",
                                                         "undefined reference to",
                                                         "ld returned",
                                                         "error[E",
                                                         "cannot find symbol",
                                                         "collect2: error",
                                                         "ERROR collecting",
                                                         "linker command failed"};
    return std::any_of(kSigns.begin(), kSigns.end(),
                       [&](std::string_view sign) { return line.find(sign) != std::string_view::npos; });
}

std::string without_workspace(std::string_view text, std::string_view workspace) {
    if (workspace.empty()) return std::string(text);
    auto out = replace_all(text, std::string(workspace) + "/", "");
    return replace_all(out, workspace, ".");
}

// `File "a.py", line 12` and `a.cpp:12:5:` and `a.py:12: AssertionError`.
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
    const auto text = trim(line);
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto name = text.substr(0, colon);
    if (name.find('.') == std::string_view::npos || name.find(' ') != std::string_view::npos)
        return std::nullopt;
    const auto number = number_after(text.substr(colon), ":");
    if (!number) return std::nullopt;
    return Place{std::string(name), *number};
}

bool inside_workspace(const Place& place) {
    return !place.file.starts_with("/") && !place.file.starts_with("<") && !place.file.starts_with("..");
}

void append_line(std::string& out, std::string_view line) {
    out += clipped(line);
    out += '\n';
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
        for (std::size_t i = from; i < to; ++i)
            append_line(out, lines[i]);
        n = to - 1;
    }
    return out;
}

bool starts_failure(std::string_view line) {
    return line.starts_with("FAIL: ") || line.starts_with("ERROR: ") || line.starts_with("____") ||
           line.starts_with("--- FAIL") || (line.starts_with("[ RUN      ]")) || line.starts_with("---- ") ||
           trim(line).starts_with("\xE2\x97\x8F ");  // Jest's bullet
}

bool is_rule(std::string_view line) {
    const auto text = trim(line);
    return text.size() >= 8 && text.find_first_not_of("=-_~") == std::string_view::npos;
}

bool is_noise(std::string_view line) {
    constexpr std::array<std::string_view, 6> kInside = {"/usr/lib/python3",
                                                         "/unittest/",
                                                         "site-packages/",
                                                         "in _callTestMethod",
                                                         "Traceback (most recent call last)",
                                                         "make: ***"};
    if (trim(line).empty() || is_rule(line)) return true;
    return std::any_of(kInside.begin(), kInside.end(),
                       [&](std::string_view sign) { return line.find(sign) != std::string_view::npos; });
}

// The blocks of the first failing tests, without rules, blank lines and frames of the test runner.
std::string failure_blocks(const Lines& lines) {
    std::string out;
    int blocks = 0;
    std::size_t used = 0;  // lines of the block under way
    bool inside = false;
    for (const auto line : lines) {
        if (starts_failure(line)) {
            if (blocks == 3 || out.size() > kMaxDigest * 2 / 3) break;
            // A GoogleTest block counts only once a failure shows in it; its "[ RUN" lines repeat for every
            // test.
            ++blocks;
            used = 0;
            inside = true;
        } else if (inside &&
                   (line.starts_with("Ran ") || line.starts_with("=====") || line.starts_with("[==="))) {
            if (line.starts_with("Ran ") || line.find("short test summary") != std::string_view::npos) break;
        }
        if (!inside || is_noise(line) || used > 22) continue;
        append_line(out, line);
        ++used;
        if (out.size() > kMaxDigest) break;
    }
    return out;
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

}  // namespace

std::int64_t TestReport::score() const {
    if (green) return 1'000'000;
    std::int64_t points = built ? 100'000 : 0;
    points += std::min<std::int64_t>(passed.value_or(0), 9'999) * 10;
    points -= std::min<std::int64_t>(failed.value_or(0), 9);
    return timed_out ? points - 50'000 : points;
}

TestReport digest_test_run(const RawRun& run) {
    TestReport report;
    report.timed_out = run.timed_out;
    report.green = run.exit_code == 0 && run.signal == 0 && !run.timed_out;
    const auto text = to_valid_utf8(without_workspace(run.output, run.workspace));
    const auto all = split_lines(text);
    for (const auto line : all) {
        read_counts(line, report);
        if (const auto place = place_in(line); place && inside_workspace(*place))
            report.places.push_back(*place);
    }
    std::reverse(report.places.begin(), report.places.end());
    if (report.green) return report;
    const auto lines = only_failed_gtest_blocks(all);
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
    if (run.timed_out) end = "The tests did not end in time: look for an endless loop.\n";
    report.digest = body + (body.empty() || body.back() == '\n' ? "" : "\n") + end;
    if (report.failed && *report.failed > 0) {
        report.digest += fmt::format("({} passed, {} failed)\n", report.passed.value_or(0), *report.failed);
    }
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
    return "the tests fail";
}

}  // namespace hearth::scaffold
