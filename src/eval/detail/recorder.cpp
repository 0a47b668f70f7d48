#include "eval/detail/recorder.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::eval::detail {
namespace {

// A record line is [number, value, …]: "n20" is a number, "sabc" a string, "x" anything else.
constexpr std::string_view kPython = R"(import json


def _parts(value, parts, depth):
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, (int, float)):
        parts.append("n" + repr(value))
    elif isinstance(value, str):
        parts.append("s" + value)
    elif isinstance(value, (list, tuple)) and depth < 20:
        for part in value:
            _parts(part, parts, depth + 1)
    elif isinstance(value, dict) and depth < 20:
        for key, part in value.items():
            _parts(key, parts, depth + 1)
            _parts(part, parts, depth + 1)
    else:
        parts.append("x")


def hearth_seen(number, value):
    parts = [number]
    _parts(value, parts, 0)
    with open("hearth-seen.jsonl", "a", encoding="utf-8") as record:
        record.write(json.dumps(parts) + "\n")
    return value
)";

constexpr std::string_view kJavaScript = R"(function hearth_seen(number, value) {
  const files = typeof require === 'function' ? require('node:fs') : process.getBuiltinModule('node:fs');
  const parts = [number];
  const add = (part, depth) => {
    if (part === null || part === undefined || typeof part === 'boolean') return;
    if (typeof part === 'number') parts.push('n' + String(part));
    else if (typeof part === 'string') parts.push('s' + part);
    else if (Array.isArray(part) && depth < 20) part.forEach((inner) => add(inner, depth + 1));
    else if (typeof part === 'object' && depth < 20 && !(Symbol.iterator in part) && typeof part.then !== 'function')
      Object.values(part).forEach((inner) => add(inner, depth + 1));
    else parts.push('x');
  };
  add(value, 0);
  files.appendFileSync('hearth-seen.jsonl', JSON.stringify(parts) + '\n');
  return value;
}
)";

// One header for C and C++: in C an expression keeps its type by __auto_type, which GCC and Clang have.
constexpr std::string_view kC = R"(#ifndef HEARTH_SEEN_H
#define HEARTH_SEEN_H
#include <stdio.h>

static inline void hearth_text(FILE *record, const char *text)
{
    fputs(",\"s", record);
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(record, "\\%c", c);
        else if (c < 0x20)
            fprintf(record, "\\u%04x", c);
        else
            fputc(c, record);
    }
    fputc('"', record);
}

#ifdef __cplusplus
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

template <class T>
auto hearth_is_list(int) -> decltype(std::declval<const T &>().begin() != std::declval<const T &>().end(), std::true_type{});
template <class T>
std::false_type hearth_is_list(...);
template <class T>
auto hearth_is_pair(int) -> decltype(std::declval<const T &>().first, std::declval<const T &>().second, std::true_type{});
template <class T>
std::false_type hearth_is_pair(...);
template <class T>
auto hearth_is_maybe(int) -> decltype(std::declval<const T &>().has_value(), *std::declval<const T &>(), std::true_type{});
template <class T>
std::false_type hearth_is_maybe(...);

template <class T>
void hearth_parts(FILE *record, const T &value)
{
    if constexpr (std::is_same<T, bool>::value || std::is_same<T, std::nullptr_t>::value) {
    } else if constexpr (std::is_same<T, char>::value) {
        fputs(",\"x\"", record);
    } else if constexpr (std::is_floating_point<T>::value) {
        fprintf(record, ",\"n%.15Lg\"", static_cast<long double>(value));
    } else if constexpr (std::is_integral<T>::value) {
        fprintf(record, ",\"n%s\"", std::to_string(value).c_str());
    } else if constexpr (std::is_convertible<const T &, std::string_view>::value) {
        const std::string text{static_cast<std::string_view>(value)};
        hearth_text(record, text.c_str());
    } else if constexpr (decltype(hearth_is_pair<T>(0))::value) {
        hearth_parts(record, value.first);
        hearth_parts(record, value.second);
    } else if constexpr (decltype(hearth_is_maybe<T>(0))::value) {
        if (value.has_value()) hearth_parts(record, *value);
    } else if constexpr (decltype(hearth_is_list<T>(0))::value) {
        for (const auto &part : value) hearth_parts(record, part);
    } else {
        fputs(",\"x\"", record);
    }
}

template <class T>
T &&hearth_seen(int number, T &&value)
{
    if (FILE *record = fopen("hearth-seen.jsonl", "a")) {
        fprintf(record, "[%d", number);
        hearth_parts<std::remove_cv_t<std::remove_reference_t<T>>>(record, value);
        fputs("]\n", record);
        fclose(record);
    }
    return static_cast<T &&>(value);
}
#else
static inline void hearth_note(int number, char kind, size_t size, const void *value)
{
    FILE *record = fopen("hearth-seen.jsonl", "a");
    if (record == NULL)
        return;
    fprintf(record, "[%d", number);
    if (kind == 's')
        hearth_text(record, *(const char *const *)value == NULL ? "" : *(const char *const *)value);
    else if (kind == 'd')
        fprintf(record, ",\"n%.15g\"", size == sizeof(float) ? (double)*(const float *)value : *(const double *)value);
    else if (kind == 'i' && size == sizeof(long long))
        fprintf(record, ",\"n%lld\"", *(const long long *)value);
    else if (kind == 'i' && size == sizeof(int))
        fprintf(record, ",\"n%d\"", *(const int *)value);
    else if (kind == 'i' && size == sizeof(short))
        fprintf(record, ",\"n%d\"", *(const short *)value);
    else if (kind == 'u' && size == sizeof(unsigned long long))
        fprintf(record, ",\"n%llu\"", *(const unsigned long long *)value);
    else if (kind == 'u' && size == sizeof(unsigned))
        fprintf(record, ",\"n%u\"", *(const unsigned *)value);
    else if (kind == 'u' && size == sizeof(unsigned short))
        fprintf(record, ",\"n%u\"", *(const unsigned short *)value);
    else if (kind == 'u' && size == 1)
        fprintf(record, ",\"n%u\"", *(const unsigned char *)value);
    else if (kind == 'i' && size == 1)
        fprintf(record, ",\"n%d\"", *(const signed char *)value);
    else if (kind != 'b')
        fputs(",\"x\"", record);
    fputs("]\n", record);
    fclose(record);
}

#define hearth_kind(value) \
    _Generic((value), _Bool: 'b', char *: 's', const char *: 's', signed char: 'i', short: 'i', int: 'i', long: 'i', \
             long long: 'i', unsigned char: 'u', unsigned short: 'u', unsigned: 'u', unsigned long: 'u', \
             unsigned long long: 'u', float: 'd', double: 'd', default: 'x')
#define hearth_seen(number, ...) \
    __extension__({ \
        __auto_type hearth_value = (__VA_ARGS__); \
        hearth_note(number, hearth_kind(hearth_value), sizeof hearth_value, &hearth_value); \
        hearth_value; \
    })
#endif
#endif
)";

constexpr JsonLimits kLine{.max_bytes = std::size_t{1} << 20U, .max_depth = 4};

Result<Recorded::Value> value_of(const json::value& part, bool& whole) {
    const auto* text = part.if_string();
    if (text == nullptr || text->empty()) return Error(Code::kInvalidInput, "a value is no text");
    const std::string_view all(*text);
    if (all.front() != 'n' && all.front() != 's') whole = false;
    return Recorded::Value{.number = all.front() == 'n', .text = std::string(all.substr(1))};
}

}  // namespace

std::string recorder_opening(CodeLanguage language) {
    switch (language) {
        case CodeLanguage::kPython: return "from hearth_seen import hearth_seen\n";
        case CodeLanguage::kC: return "#include \"hearth_seen.h\"\n";
        case CodeLanguage::kJavaScript: break;
    }
    return {};
}

std::string recorder_ending(CodeLanguage language) {
    return language == CodeLanguage::kJavaScript ? "\n" + std::string(kJavaScript) : std::string();
}

std::vector<std::pair<std::string, std::string>> recorder_files(CodeLanguage language,
                                                                std::string_view beside) {
    switch (language) {
        case CodeLanguage::kPython: return {{fmt::format("{}hearth_seen.py", beside), std::string(kPython)}};
        case CodeLanguage::kC: return {{fmt::format("{}hearth_seen.h", beside), std::string(kC)}};
        case CodeLanguage::kJavaScript: break;
    }
    return {};
}

std::string recording(std::size_t number, std::string_view expression) {
    return fmt::format("hearth_seen({}, {})", number, expression);
}

Result<std::map<std::size_t, Recorded>> read_record(std::string_view text) {
    std::map<std::size_t, Recorded> found;
    std::size_t line_number = 0;
    for (const auto line : split_lines(text)) {
        ++line_number;
        if (trim(line).empty()) continue;
        const auto wrong = [&](std::string_view why) {
            return Error(Code::kInvalidInput, fmt::format("{}:{}: {}", kRecordFile, line_number, why));
        };
        // A text that is no UTF-8 belongs to an expression that cannot be written as a constant.
        const auto parsed = parse_json(to_valid_utf8(line), kLine);
        if (!parsed) return wrong(parsed.error().message());
        const auto* parts = parsed->if_array();
        const auto* number = parts == nullptr || parts->empty() ? nullptr : parts->front().if_int64();
        if (number == nullptr || *number < 0) return wrong("a line is [number, value, ...]");
        Recorded recorded;
        if (!is_valid_utf8(line)) recorded.whole = false;
        for (std::size_t i = 1; i < parts->size(); ++i) {
            auto value = value_of((*parts)[i], recorded.whole);
            if (!value) return wrong(value.error().message());
            recorded.values.push_back(std::move(*value));
        }
        const auto [at, fresh] = found.try_emplace(static_cast<std::size_t>(*number), recorded);
        if (!fresh && at->second.values != recorded.values) at->second.steady = false;
        if (!fresh) at->second.whole = at->second.whole && recorded.whole;
    }
    return found;
}

}  // namespace hearth::eval::detail
