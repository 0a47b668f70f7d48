#include <set>
#include <string_view>

#include "core/text.h"
#include "eval/detail/defined_names.h"

namespace hearth::eval::detail {
namespace {

constexpr std::string_view kPython =
    "False None True and as assert async await break class continue def del elif else except finally for "
    "from global if import in is "
    "lambda nonlocal not or pass raise return try while with yield match case _ self cls "
    "abs all any bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict "
    "dir divmod enumerate eval "
    "exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance "
    "issubclass iter len list locals "
    "map max memoryview min next object oct open ord pow print property range repr reversed round set "
    "setattr slice sorted "
    "staticmethod str sum super tuple type vars zip "
    "append extend insert remove pop clear index count sort reverse copy get items keys values update "
    "setdefault popitem fromkeys add "
    "discard union intersection difference symmetric_difference issubset issuperset capitalize casefold "
    "center encode decode endswith "
    "expandtabs find format_map isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric "
    "isprintable isspace istitle "
    "isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex "
    "rjust rpartition rsplit rstrip "
    "split splitlines startswith strip swapcase title translate upper zfill read write readline readlines "
    "writelines close seek tell "
    "flush name args kwargs key default default_factory end sep file encoding errors mode newline start stop "
    "step maxsplit keepends "
    "strict year month day hour minute second microsecond tzinfo days seconds hours minutes weeks "
    "total_seconds isoformat strftime "
    "strptime today now date time datetime timedelta weekday isoweekday timestamp numerator denominator real "
    "imag value group groups "
    "span match search sub compile fullmatch findall finditer popleft appendleft most_common elements cache "
    "cache_clear "
    "setUp tearDown setUpClass tearDownClass setUpModule tearDownModule subTest main unittest longMessage "
    "maxDiff msg "
    "fixture parametrize raises approx tmp_path capsys monkeypatch request mark message code args stdout "
    "stderr stdin returncode text "
    "capture_output check shell cwd env timeout path exists mkdir is_file is_dir iterdir parent suffix stem "
    "parts field fields frozen order "
    "slots repr eq init send throw";

constexpr std::string_view kC =
    "alignas alignof and asm auto bool break case catch char class concept const consteval constexpr "
    "constinit const_cast continue "
    "co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export "
    "extern false float for friend "
    "goto if inline int long mutable namespace new noexcept not nullptr operator or override final private "
    "protected public register "
    "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch "
    "template this thread_local throw "
    "true try typedef typeid typename union unsigned using virtual void volatile wchar_t while restrict "
    "_Bool "
    "include define undef ifdef ifndef endif elif pragma once error defined NULL EOF main argc argv std "
    "assert NDEBUG "
    "size_t ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t "
    "ssize_t time_t FILE stdin "
    "stdout stderr INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN LLONG_MAX LLONG_MIN SIZE_MAX INT64_MAX "
    "INT64_MIN UINT64_MAX INT32_MAX "
    "INT32_MIN UCHAR_MAX EXIT_SUCCESS EXIT_FAILURE errno "
    "printf fprintf sprintf snprintf puts putchar fputs fgets fopen fclose fread fwrite scanf sscanf malloc "
    "calloc realloc free exit abort "
    "strlen strcmp strncmp strcpy strncpy strcat strchr strrchr strstr strtok strtol strtoul strtod strdup "
    "memcpy memmove memset memcmp "
    "atoi atol atof isdigit isalpha isalnum isspace isupper islower toupper tolower qsort bsearch rand srand "
    "time abs labs va_list va_start "
    "va_arg va_end "
    "string vector map set pair tuple array deque list queue stack optional variant function unordered_map "
    "unordered_set multimap multiset "
    "priority_queue string_view span unique_ptr shared_ptr weak_ptr make_unique make_shared make_pair "
    "make_tuple ostream istream "
    "ostringstream istringstream stringstream cout cerr cin endl exception runtime_error logic_error "
    "invalid_argument out_of_range "
    "domain_error length_error overflow_error range_error move swap forward get tie min max sort stable_sort "
    "find find_if count count_if "
    "accumulate reverse unique lower_bound upper_bound transform copy fill begin end cbegin cend rbegin rend "
    "size empty front back "
    "push_back push_front pop_back pop_front emplace emplace_back emplace_front emplace_hint insert "
    "insert_or_assign try_emplace erase "
    "clear resize reserve capacity at data c_str substr append replace compare starts_with ends_with "
    "contains find_first_of "
    "find_first_not_of find_last_of find_last_not_of rfind npos length push pop top first second what str "
    "value value_or has_value reset "
    "release swap assign equal_range key_type mapped_type value_type iterator const_iterator size_type "
    "fill setw "
    "setprecision fixed getline to_string stoi stol stoll stod numeric_limits digits lock unlock join detach "
    "count load store nullopt "
    "monostate visit holds_alternative get_if ignore flush good eof fail is_open open close read write seekg "
    "tellg operator";

constexpr std::string_view kJavaScript =
    "await async break case catch class const constructor continue debugger default delete do else enum "
    "export extends false finally for "
    "from function get if implements import in instanceof interface let new null of package private "
    "protected public return set static "
    "super switch this throw true try typeof undefined var void while with yield as arguments eval NaN "
    "Infinity "
    "AggregateError Array Boolean Date Error errors EvalError Function JSON Map Math Number BigInt Object "
    "Promise Proxy RangeError "
    "ReferenceError Reflect RegExp "
    "Set String Symbol SyntaxError TypeError URL WeakMap WeakSet globalThis console process require module "
    "exports Buffer setTimeout "
    "clearTimeout setInterval clearInterval setImmediate queueMicrotask structuredClone parseInt parseFloat "
    "isNaN isFinite "
    "concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach "
    "includes indexOf join keys "
    "lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toSorted toReversed "
    "unshift values at length "
    "charAt charCodeAt codePointAt endsWith match matchAll normalize padEnd padStart repeat replace "
    "replaceAll search split startsWith "
    "substring toLowerCase toUpperCase trim trimEnd trimStart localeCompare fromCharCode "
    "add clear delete forEach has size get set next done value return throw then catch finally resolve "
    "reject all allSettled race any "
    "abs ceil floor round trunc sign sqrt cbrt pow min max random log log2 log10 exp hypot PI E "
    "assign create defineProperty freeze fromEntries getOwnPropertyNames hasOwn hasOwnProperty is isFrozen "
    "keys prototype isArray from of "
    "parse stringify toFixed toPrecision toString valueOf toISOString toJSON getTime getFullYear getMonth "
    "getDate getDay getHours "
    "getMinutes getSeconds getMilliseconds getUTCFullYear getUTCMonth getUTCDate getUTCDay UTC now isInteger "
    "isSafeInteger EPSILON "
    "MAX_SAFE_INTEGER MIN_SAFE_INTEGER MAX_VALUE exec test source flags index input groups lastIndex name "
    "message stack cause code call "
    "apply bind iterator asyncIterator log warn info argv env exit exitCode stdout stderr stdin write on "
    "once emit listen close "
    "describe it before after beforeEach afterEach expect assert equal notEqual deepEqual notDeepEqual "
    "strictEqual deepStrictEqual "
    "notStrictEqual throws doesNotThrow rejects ok fail strict readFileSync writeFileSync existsSync "
    "encoding utf8 use";

const std::set<std::string_view>& names_of(CodeLanguage language) {
    static const auto words = [](std::string_view text) {
        const auto parts = split(text, ' ');
        return std::set<std::string_view>(parts.begin(), parts.end());
    };
    static const auto python = words(kPython);
    static const auto c = words(kC);
    static const auto javascript = words(kJavaScript);
    switch (language) {
        case CodeLanguage::kPython: return python;
        case CodeLanguage::kC: return c;
        case CodeLanguage::kJavaScript: break;
    }
    return javascript;
}

}  // namespace

bool is_library_name(const std::string& word, CodeLanguage language) {
    if (word.starts_with("__") || names_of(language).contains(word)) return true;
    // unittest's own checks, and exceptions by their usual names.
    return language == CodeLanguage::kPython && (word.starts_with("assert") || word == "TestCase");
}

}  // namespace hearth::eval::detail
