#include "scaffold/detail/test_counts.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.h"

namespace hearth::scaffold::detail {
namespace {

constexpr std::size_t kMaxLine = 1000;             // a summary is shorter
constexpr std::int64_t kMaxCount = 1'000'000'000;  // so that a sum cannot overflow

std::optional<std::int64_t> limited(std::optional<std::int64_t> number) {
    return number && *number <= kMaxCount ? number : std::nullopt;
}

std::size_t digits_at_end(std::string_view text) {
    std::size_t count = 0;
    while (count < text.size() &&
           std::isdigit(static_cast<unsigned char>(text[text.size() - 1 - count])) != 0)
        ++count;
    return count;
}

std::optional<std::int64_t> number_after(std::string_view line, std::string_view word) {
    const auto at = line.find(word);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = line.substr(at + word.size());
    return limited(parse_number(rest.substr(0, std::min(rest.find_first_not_of("0123456789"), rest.size()))));
}

// The number in front of a word, where the two are a statement of their own: "3 passed, 1 failed" but not "test 3 passed".
std::optional<std::int64_t> count_of(std::string_view line, std::string_view word) {
    for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
        auto before = trim(line.substr(0, at));
        for (const std::string_view unit : {" tests", " test", " checks", " examples"}) {
            if (before.ends_with(unit)) before.remove_suffix(unit.size());
        }
        const auto digits = digits_at_end(before);
        const auto number = limited(parse_number(before.substr(before.size() - digits)));
        if (!number) continue;
        before = trim(before.substr(0, before.size() - digits));
        if (before.empty() || std::string_view(",;:|=.([").find(before.back()) != std::string_view::npos)
            return number;
    }
    return std::nullopt;
}

// "3/5 passed", "3 of 5 tests passed".
std::optional<TestCounts> share_passed(std::string_view line) {
    const auto at = line.find(" passed");
    if (at == std::string_view::npos) return std::nullopt;
    auto before = line.substr(0, at);
    for (const std::string_view unit : {" tests", " checks", " cases"}) {
        if (before.ends_with(unit)) before.remove_suffix(unit.size());
    }
    const auto all = limited(parse_number(before.substr(before.size() - digits_at_end(before))));
    before.remove_suffix(digits_at_end(before));
    if (before.ends_with(" of ")) {
        before.remove_suffix(4);
    } else if (before.ends_with("/")) {
        before.remove_suffix(1);
    } else {
        return std::nullopt;
    }
    const auto good = limited(parse_number(before.substr(before.size() - digits_at_end(before))));
    if (!all || !good || *good > *all) return std::nullopt;
    return TestCounts{good, *all - *good};
}

// How runners of one's own begin the line of a test that passed.
bool is_passed_mark(std::string_view line) {
    constexpr std::array<std::string_view, 9> kMarks = {
        "ok ", "ok\t", "OK ", "PASS ", "PASS: ", "PASSED ", "[ok] ", "[PASS] ", "\xE2\x9C\x93 "};
    line = trim(line.substr(0, kMaxLine));
    return std::any_of(kMarks.begin(), kMarks.end(),
                       [&](std::string_view mark) { return line.starts_with(mark); });
}

class Counter {
public:
    void take(std::string_view line) {
        line = line.substr(0, kMaxLine);
        if (is_passed_mark(line)) ++marks_;
        if (line.find("tests passed,") != std::string_view::npos && take_ctest(line)) return;
        if (take_unittest(line) || take_googletest(line) || take_go(line)) return;
        // Assertions and suites stand beside the counts of the tests themselves.
        if (line.find("assertions:") != std::string_view::npos || line.starts_with("Test Suites:")) return;
        if (const auto share = share_passed(line)) {
            add(*share->passed, *share->failed);
        } else if (const auto text = trim(line);
                   text.starts_with("# ") || text.starts_with("\xE2\x84\xB9 ")) {
            take_tap(text);
        } else {
            take_words(line);
        }
    }

    // A single program under CTest is better counted by itself.
    [[nodiscard]] TestCounts result() const {
        const bool one_program = ctest_ && *ctest_->passed + *ctest_->failed == 1 && sum_.passed;
        if (ctest_ && !one_program) return *ctest_;
        TestCounts counts = sum_;
        // "2 failed" alone does not say that nothing passed; lines of tests that did may.
        if (counts.failed && !counts.passed && marks_ > 0) counts.passed = marks_;
        return counts;
    }

private:
    void add(std::int64_t passed, std::int64_t failed) {
        sum_.passed = std::min(sum_.passed.value_or(0) + passed, kMaxCount);
        sum_.failed = std::min(sum_.failed.value_or(0) + failed, kMaxCount);
    }

    bool take_ctest(std::string_view line) {  // "50% tests passed, 1 tests failed out of 2"
        const auto bad = count_of(line, " tests failed");
        const auto all = number_after(line, "out of ");
        if (!bad || !all || *bad > *all) return false;
        ctest_ = TestCounts{*all - *bad, *bad};
        return true;
    }

    bool take_unittest(std::string_view line) {
        if (line.starts_with("Ran ") && line.find(" test") != std::string_view::npos) {
            ran_ = number_after(line, "Ran ");
            return true;
        }
        const bool ok = trim(line) == "OK" || line.starts_with("OK (");
        if (!ran_ || (!ok && !line.starts_with("FAILED ("))) return false;
        const auto bad = number_after(line, "failures=").value_or(0) +
                         number_after(line, "errors=").value_or(0) +
                         number_after(line, "unexpected successes=").value_or(0);
        add(std::max<std::int64_t>(0, *ran_ - bad), bad);
        ran_.reset();
        return true;
    }

    bool take_googletest(std::string_view line) {
        if (line.starts_with("[  PASSED  ] ")) {
            add(number_after(line, "[  PASSED  ] ").value_or(0), 0);
            return true;
        }
        if (line.starts_with("[  FAILED  ] ") && line.find(" test") != std::string_view::npos)
            add(0, number_after(line, "[  FAILED  ] ").value_or(0));
        return line.starts_with("[  FAILED  ] ");
    }

    // Tests that pass are told with -v only; parts of a test are indented.
    bool take_go(std::string_view line) {
        if (line.starts_with("--- PASS: ")) {
            add(1, 0);
            return true;
        }
        if (!line.starts_with("--- FAIL: ")) return false;
        sum_.failed = std::min(sum_.failed.value_or(0) + 1, kMaxCount);
        return true;
    }

    void take_tap(std::string_view text) {  // "# pass 3", also with the sign that node uses
        const auto good = number_after(text, " pass ");
        const auto bad = number_after(text, " fail ");
        if (good || bad) add(good.value_or(0), bad.value_or(0));
    }

    void take_words(std::string_view line) {
        auto good = count_of(line, " passed");
        auto bad = count_of(line, " failed");
        if (!good) good = count_of(line, " passing");
        if (!bad) bad = count_of(line, " failing");
        if (!good && !bad && line.find(" in ") == std::string_view::npos) return;
        const auto errors = count_of(line, " error");
        // pytest's line ("2 failed in 0.1s") leaves out what is 0.
        if (good || line.find(" in ") != std::string_view::npos) {
            if (good || bad || errors) add(good.value_or(0), bad.value_or(0) + errors.value_or(0));
        } else if (bad || errors) {
            sum_.failed = std::min(sum_.failed.value_or(0) + bad.value_or(0) + errors.value_or(0), kMaxCount);
        }
    }

    TestCounts sum_;
    std::int64_t marks_ = 0;  // lines of tests that passed
    std::optional<TestCounts> ctest_;
    std::optional<std::int64_t> ran_;  // of unittest, until its second line
};

}  // namespace

TestCounts count_tests(const std::vector<std::string_view>& lines) {
    Counter counter;
    for (const auto line : lines)
        counter.take(line);
    return counter.result();
}

}  // namespace hearth::scaffold::detail
