#include "eval/question.h"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <regex.h>
#include <set>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::eval {
namespace {

constexpr std::size_t kMaxQuestions = 100'000;
constexpr std::size_t kMaxPattern = 2000;
constexpr std::array kScorers = {Scorer::kExact, Scorer::kNumeric, Scorer::kRegex, Scorer::kProgram,
                                 Scorer::kJudge};

Result<Question> read_question(const json::value& value) {
    const auto text = [&](std::string_view key) { return string_member(value, key); };
    Question question;
    question.id = text("id").value_or("");
    question.prompt = text("prompt").value_or("");
    if (question.id.empty() || question.id.size() > 200)
        return Error(Code::kInvalidInput, "'id' is missing, empty or longer than 200 bytes");
    if (question.prompt.empty()) return Error(Code::kInvalidInput, "'prompt' is missing or empty");
    if (const auto* answer = member(value, "answer"); answer != nullptr) {
        if (answer->is_string())
            question.answer = std::string(std::string_view(answer->get_string()));
        else if (answer->is_number())
            question.answer = json::serialize(*answer);
        else
            return Error(Code::kInvalidInput, "'answer' must be a text or a number");
    }
    const auto scorer = text("scorer").value_or("exact");
    const auto* const found = std::find_if(kScorers.begin(), kScorers.end(),
                                           [&](Scorer each) { return scorer_name(each) == scorer; });
    if (found == kScorers.end())
        return Error(Code::kInvalidInput,
                     fmt::format("unknown scorer '{}' (possible: exact, numeric, regex, program, judge)",
                                 printable(scorer)));
    question.scorer = *found;
    question.program = text("program").value_or("");
    question.tolerance = number_member(value, "tolerance").value_or(0);
    if (question.scorer == Scorer::kProgram && question.program.empty())
        return Error(Code::kInvalidInput, "the scorer 'program' needs a command in 'program'");
    if (question.scorer != Scorer::kProgram && question.answer.empty())
        return Error(Code::kInvalidInput, "'answer' is missing or empty");
    if (!(question.tolerance >= 0)) return Error(Code::kInvalidInput, "'tolerance' must not be negative");
    if (const auto* tags = array_member(value, "tags"); tags != nullptr) {
        for (const auto& tag : *tags)
            if (tag.is_string()) question.tags.emplace_back(std::string_view(tag.get_string()));
    }
    // The pattern or number is tried once, so that a mistake shows before a model is asked.
    if (question.scorer == Scorer::kNumeric || question.scorer == Scorer::kRegex)
        static_cast<void>(TRY(score_text(question, "0")));
    return question;
}

std::string plain(std::string_view text) {
    std::string result;
    bool gap = false;
    for (const char c : trim(text)) {
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            gap = true;
            continue;
        }
        if (gap) result.push_back(' ');
        gap = false;
        result.push_back(c);
    }
    if (result.ends_with('.')) result.pop_back();
    return to_lower_ascii(result);
}

// The last number in a text; commas between digits group thousands.
std::optional<double> last_number(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = [&](std::size_t at) {
            return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0;
        };
        const bool grouping = text[i] == ',' && i > 0 && digit(i - 1) && digit(i + 1) && digit(i + 2) &&
                              digit(i + 3) && !digit(i + 4);
        if (!grouping) digits.push_back(text[i]);
    }
    std::optional<double> last;
    for (std::size_t i = 0; i < digits.size();) {
        const bool starts = std::isdigit(static_cast<unsigned char>(digits[i])) != 0;
        if (!starts) {
            ++i;
            continue;
        }
        const bool negative = i > 0 && digits[i - 1] == '-' &&
                              (i == 1 || std::isalnum(static_cast<unsigned char>(digits[i - 2])) == 0);
        char* end = nullptr;
        const double value = std::strtod(digits.c_str() + i, &end);
        if (std::isfinite(value)) last = negative ? -value : value;
        i = static_cast<std::size_t>(end - digits.c_str());
    }
    return last;
}

Result<bool> matches(const std::string& pattern, std::string_view given) {
    if (pattern.size() > kMaxPattern)
        return Error(Code::kInvalidInput, fmt::format("the pattern is longer than {} bytes", kMaxPattern));
    regex_t compiled{};
    if (const int error = ::regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE);
        error != 0) {
        std::array<char, 200> why{};
        ::regerror(error, &compiled, why.data(), why.size());
        return Error(Code::kInvalidInput,
                     fmt::format("'{}' is no pattern: {}", printable(pattern), why.data()));
    }
    const std::unique_ptr<regex_t, decltype(&::regfree)> owner(&compiled, &::regfree);
    return ::regexec(&compiled, std::string(given).c_str(), 0, nullptr, 0) == 0;
}

}  // namespace

std::string_view scorer_name(Scorer scorer) {
    switch (scorer) {
        case Scorer::kExact: return "exact";
        case Scorer::kNumeric: return "numeric";
        case Scorer::kRegex: return "regex";
        case Scorer::kProgram: return "program";
        case Scorer::kJudge: return "judge";
    }
    return "exact";
}

Result<std::vector<Question>> parse_questions(std::string_view text, const std::filesystem::path& file) {
    std::vector<Question> questions;
    std::set<std::string> ids;
    std::size_t number = 0;
    for (const auto line : split_lines(text)) {
        ++number;
        const auto wrong = [&](std::string_view what) {
            return Error(Code::kInvalidInput, fmt::format("{}:{}: {}", file.string(), number, what));
        };
        if (trim(line).empty()) continue;
        if (questions.size() == kMaxQuestions)
            return wrong(fmt::format("more than {} questions", kMaxQuestions));
        const auto value = parse_json(line);
        if (!value) return wrong(value.error().message());
        auto question = read_question(*value);
        if (!question) return wrong(question.error().message());
        if (!ids.insert(question->id).second)
            return wrong(fmt::format("the id '{}' is there already", printable(question->id)));
        questions.push_back(*std::move(question));
    }
    return questions;
}

std::string question_line(const Question& question) {
    json::object object{{"id", question.id},
                        {"prompt", question.prompt},
                        {"answer", question.answer},
                        {"scorer", scorer_name(question.scorer)}};
    if (!question.program.empty()) object["program"] = question.program;
    if (question.tolerance > 0) object["tolerance"] = question.tolerance;
    if (!question.tags.empty()) object["tags"] = json::value_from(question.tags);
    return json::serialize(object) + "\n";
}

Result<bool> score_text(const Question& question, std::string_view given) {
    switch (question.scorer) {
        case Scorer::kExact: return plain(given) == plain(question.answer);
        case Scorer::kRegex: return matches(question.answer, given);
        case Scorer::kNumeric: {
            const auto expected = last_number(question.answer);
            if (!expected)
                return Error(Code::kInvalidInput,
                             fmt::format("'{}' is no number", printable(question.answer)));
            const auto value = last_number(given);
            // Decimal fractions are not exact in binary: a billionth part is always allowed.
            return value &&
                   std::abs(*value - *expected) <= std::max(question.tolerance, std::abs(*expected) * 1e-9);
        }
        default: return Error(Code::kUnsupported, "this scorer does not compare text");
    }
}

}  // namespace hearth::eval
