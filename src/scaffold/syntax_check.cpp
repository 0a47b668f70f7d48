#include "scaffold/syntax_check.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/json_by_hand.h"
#include "core/result.h"
#include "core/text.h"
#include "core/toml.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostFaultBytes = 120;  // of a message
constexpr std::size_t kMostCitedBytes = 72;   // of a line
constexpr std::size_t kMostDigits = 9;
constexpr std::size_t kJsonDepth = 512;
constexpr std::string_view kTomlName = "file";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Ending {
    std::string_view ending;
    SourceKind kind;
};

constexpr auto kEndings = std::to_array<Ending>(
    {{".py", SourceKind::kPython},  {".pyi", SourceKind::kPython}, {".js", SourceKind::kScriptOrModule},
     {".cjs", SourceKind::kScript}, {".mjs", SourceKind::kModule}, {".sh", SourceKind::kBash},
     {".bash", SourceKind::kBash},  {".rb", SourceKind::kRuby},    {".php", SourceKind::kPhp},
     {".go", SourceKind::kGo},      {".rs", SourceKind::kRust},    {".c", SourceKind::kC},
     {".h", SourceKind::kCpp},      {".cc", SourceKind::kCpp},     {".cpp", SourceKind::kCpp},
     {".cxx", SourceKind::kCpp},    {".hh", SourceKind::kCpp},     {".hpp", SourceKind::kCpp},
     {".hxx", SourceKind::kCpp},    {".json", SourceKind::kJson},  {".jsonc", SourceKind::kJsonByHand},
     {".toml", SourceKind::kToml}});

struct Interpreter {
    std::string_view name;
    SourceKind kind;
};

constexpr auto kInterpreters = std::to_array<Interpreter>({{"python", SourceKind::kPython},
                                                           {"python3", SourceKind::kPython},
                                                           {"node", SourceKind::kScriptOrModule},
                                                           {"bash", SourceKind::kBash},
                                                           {"sh", SourceKind::kShell},
                                                           {"dash", SourceKind::kShell},
                                                           {"ruby", SourceKind::kRuby},
                                                           {"php", SourceKind::kPhp}});

struct Checker {
    SourceKind kind;
    std::string_view name;  // of the file
    std::string_view command;
};

// compile() makes code and runs none of it; -I and -S keep modules of others out, -I and the empty environment what variables name.
constexpr std::string_view kCheckPython = R"(python3 -I -S -W ignore -c 'import sys
try:
    compile(open("check.py", "rb").read(), "check.py", "exec", dont_inherit=True)
except SyntaxError as e:
    print("check.py:%d: %s" % (e.lineno or 1, e.msg))
    sys.exit(1)')";

constexpr auto kCheckers = std::to_array<Checker>(
    {{SourceKind::kPython, "check.py", kCheckPython},
     {SourceKind::kScript, "check.cjs", "node --check check.cjs"},
     {SourceKind::kModule, "check.mjs", "node --check check.mjs"},
     {SourceKind::kScriptOrModule, "check.js", ""},
     {SourceKind::kShell, "check.sh", "LC_ALL=C sh -n check.sh"},
     {SourceKind::kBash, "check.sh", "LC_ALL=C bash -n check.sh"},
     {SourceKind::kRuby, "check.rb", "ruby --disable=gems,rubyopt -W0 -c check.rb"},
     {SourceKind::kPhp, "check.php", "php -n -l check.php"},
     {SourceKind::kGo, "check.go", "gofmt -e check.go >/dev/null"},
     // From standard input, since it would look for the files of `mod` else.
     {SourceKind::kRust, "check.rs", "rustfmt --edition 2021 --emit stdout <check.rs >/dev/null"},
     {SourceKind::kC, "check.c",
      "LC_ALL=C gcc -x c -fsyntax-only -w -iquote \"$FOLDER\" -I \"$PROJECT\" -I \"$PROJECT/include\" "
      "-I \"$PROJECT/src\" check.c"},
     {SourceKind::kCpp, "check.cpp",
      "LC_ALL=C g++ -x c++ -std=gnu++2b -fsyntax-only -w -iquote \"$FOLDER\" -I \"$PROJECT\" "
      "-I \"$PROJECT/include\" -I \"$PROJECT/src\" check.cpp"}});

const Checker* checker_of(SourceKind kind) {
    const auto* const found = std::find_if(kCheckers.begin(), kCheckers.end(),
                                           [&](const Checker& each) { return each.kind == kind; });
    return found == kCheckers.end() ? nullptr : found;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

// The program that "#!/usr/bin/env -S python3 -u" names; empty for none.
std::string_view named_interpreter(std::string_view text) {
    auto line = trim(first_line(text));
    if (!line.starts_with("#!")) return {};
    for (const auto word : split(line.substr(2), ' ')) {
        const auto name = word.substr(word.rfind('/') + 1);
        if (!name.empty() && name != "env" && !name.starts_with('-')) return name;
    }
    return {};
}

SourceKind kind_of_interpreter(std::string_view name) {
    const auto* const found = std::find_if(kInterpreters.begin(), kInterpreters.end(),
                                           [&](const Interpreter& each) { return each.name == name; });
    return found == kInterpreters.end() ? SourceKind::kOther : found->kind;
}

bool is_json(std::string_view text) { return parse_json(text, {.max_depth = kJsonDepth}).has_value(); }

bool is_json_by_hand(std::string_view text) {
    return parse_json_by_hand(text, {.max_depth = kJsonDepth}).has_value();
}

std::string_view without_mark(std::string_view text) {
    return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

// Whether a line begins as only modules have them.
bool looks_like_module(std::string_view text) {
    const auto lines = split_lines(text);
    return std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
        return line.starts_with("import ") || line.starts_with("import{") || line.starts_with("export ");
    });
}

// The number that a text begins with, which is then taken off.
std::optional<std::size_t> take_number(std::string_view& text) {
    const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    const auto digits =
        static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    if (digits == 0 || digits > kMostDigits) return std::nullopt;
    const auto number = parse_number(text.substr(0, digits));
    text.remove_prefix(digits);
    return number ? std::optional(static_cast<std::size_t>(*number)) : std::nullopt;
}

bool take(std::string_view& text, std::string_view front) {
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    return true;
}

std::optional<SyntaxFault> made_fault(std::size_t line, std::string_view message) {
    message = trim(message);
    for (const auto front : {"error: ", "Syntax error: ", "syntax error: ", "syntax error, "}) {
        if (take(message, front)) break;
    }
    message = trim(message);
    if (message.empty()) return std::nullopt;
    auto words = printable(to_valid_utf8(trim(first_line(message))));
    std::replace(words.begin(), words.end(), '\t', ' ');
    return SyntaxFault{std::max<std::size_t>(line, 1), shortened(words, kMostFaultBytes)};
}

// What stands behind the name of the file: ":3: words", ":3:9: words", ": line 3: words", ": 3: words".
std::optional<SyntaxFault> fault_behind_name(std::string_view rest) {
    if (!take(rest, ":")) return std::nullopt;
    take(rest, " ");
    take(rest, "line ");
    const auto line = take_number(rest);
    if (!line || !take(rest, ":")) return std::nullopt;
    auto behind = rest;
    if (take_number(behind) && take(behind, ":")) rest = behind;
    return made_fault(*line, rest);
}

// Of those that put the place before the words.
std::optional<SyntaxFault> fault_by_name(std::string_view name, std::string_view output) {
    for (const auto line : split_lines(output)) {
        const auto at = line.find(name);
        if (at == std::string_view::npos) continue;
        auto fault = fault_behind_name(line.substr(at + name.size()));
        if (fault && !fault->message.starts_with("warning")) return fault;
    }
    return std::nullopt;
}

// "/w/check.cjs:3", the line itself, a mark below it, "SyntaxError: words".
std::optional<SyntaxFault> fault_of_node(SourceKind kind, std::string_view output) {
    std::optional<std::size_t> at;
    for (const auto line : split_lines(output)) {
        if (!at) {
            const auto colon = line.rfind(':');
            if (colon == std::string_view::npos) continue;
            const auto file = line.substr(0, colon);
            auto number = line.substr(colon + 1);
            if (file.ends_with("check.cjs") || file.ends_with("check.mjs")) at = take_number(number);
        } else if (auto words = line; take(words, "SyntaxError: ")) {
            // What bundlers take is more than JavaScript: elements as in HTML.
            if (kind == SourceKind::kScriptOrModule && words == "Unexpected token '<'") return std::nullopt;
            return made_fault(*at, words);
        }
    }
    return std::nullopt;
}

// "error: words", then " --> <stdin>:3:11". What it dislikes of the form alone is an "error[internal]".
std::optional<SyntaxFault> fault_of_rustfmt(std::string_view output) {
    constexpr std::string_view kPlace = "--> <stdin>:";
    std::string_view message;
    for (const auto line : split_lines(output)) {
        if (line.starts_with("error")) {
            const auto colon = line.find(": ");
            const bool is_fault = (line.starts_with("error:") || line.starts_with("error[E")) &&
                                  colon != std::string_view::npos;
            message = is_fault ? line.substr(colon + 2) : std::string_view();
        }
        const auto at = line.find(kPlace);
        if (message.empty() || at == std::string_view::npos) continue;
        auto place = line.substr(at + kPlace.size());
        if (const auto number = take_number(place)) return made_fault(*number, message);
    }
    return std::nullopt;
}

// "PHP Parse error:  words in check.php on line 3".
std::optional<SyntaxFault> fault_of_php(std::string_view output) {
    constexpr std::string_view kBegin = "Parse error:";
    constexpr std::string_view kPlace = " in check.php on line ";
    for (const auto line : split_lines(output)) {
        const auto begin = line.find(kBegin);
        const auto place = line.rfind(kPlace);
        if (begin == std::string_view::npos || place == std::string_view::npos ||
            place < begin + kBegin.size())
            continue;
        auto number = line.substr(place + kPlace.size());
        if (const auto at = take_number(number))
            return made_fault(*at, line.substr(begin + kBegin.size(), place - begin - kBegin.size()));
    }
    return std::nullopt;
}

// A name that a later edit declares is no fault of syntax. What an unknown macro before a declaration leads to looks like one, and is
// left out.
bool is_about_syntax(std::string_view message) {
    for (const auto front :
         {"expected constructor, destructor, or type conversion", "expected initializer before"}) {
        if (message.starts_with(front)) return false;
    }
    for (const auto front : {"expected ", "stray ", "unterminated ", "missing terminating ",
                             "'else' without a previous 'if'", "a function-definition is not allowed here",
                             "extraneous ", "#else without", "#elif without", "#endif without"}) {
        if (message.starts_with(front)) return true;
    }
    return false;
}

// The first error alone: those behind it may follow from it. One in a header is not of this file.
std::optional<SyntaxFault> fault_of_compiler(std::string_view name, std::string_view output) {
    for (const auto line : split_lines(output)) {
        if (line.find(": error: ") == std::string_view::npos &&
            line.find(": fatal error: ") == std::string_view::npos)
            continue;
        if (!line.starts_with(name)) return std::nullopt;
        auto fault = fault_behind_name(line.substr(name.size()));
        if (fault && !is_about_syntax(fault->message)) return std::nullopt;
        return fault;
    }
    return std::nullopt;
}

// "not valid JSON at byte 70, line 4: words".
SyntaxFault fault_of_json(const Error& error) {
    std::string_view words = error.message();
    const auto colon = words.find(": ");
    auto place = words.substr(0, colon);
    const auto at = place.find("line ");
    place = at == std::string_view::npos ? std::string_view() : place.substr(at + 5);
    const auto line = take_number(place).value_or(1);
    if (colon != std::string_view::npos) words.remove_prefix(colon + 2);
    return made_fault(line, words).value_or(SyntaxFault{line, "this is no JSON"});
}

std::optional<SyntaxFault> toml_fault(std::string_view text) {
    const auto read =
        read_toml<bool>(text, kTomlName, [](const toml::table&) -> Result<bool> { return true; });
    if (read) return std::nullopt;
    std::string_view words = read.error().message();
    take(words, kTomlName);
    return fault_behind_name(words).value_or(SyntaxFault{1, "this is no TOML"});
}

}  // namespace

SourceKind source_kind(std::string_view path, std::string_view text) {
    const auto name = path.substr(path.rfind('/') + 1);
    const auto dot = name.rfind('.');
    const auto interpreter = named_interpreter(text);
    if (dot == std::string_view::npos || dot == 0) return kind_of_interpreter(interpreter);
    const auto ending = to_lower_ascii(name.substr(dot));
    const auto* const found = std::find_if(kEndings.begin(), kEndings.end(),
                                           [&](const Ending& each) { return each.ending == ending; });
    if (found == kEndings.end()) return SourceKind::kOther;
    if (found->kind == SourceKind::kBash && !interpreter.empty()) return kind_of_interpreter(interpreter);
    if (found->kind == SourceKind::kJson && !is_json(without_mark(text)) &&
        is_json_by_hand(without_mark(text)))
        return SourceKind::kJsonByHand;
    return found->kind;
}

bool is_read_here(SourceKind kind) {
    return kind == SourceKind::kJson || kind == SourceKind::kJsonByHand || kind == SourceKind::kToml;
}

std::optional<SyntaxFault> fault_read_here(SourceKind kind, std::string_view text) {
    text = without_mark(text);
    if (kind == SourceKind::kToml) return toml_fault(text);
    if (kind != SourceKind::kJson && kind != SourceKind::kJsonByHand) return std::nullopt;
    const JsonLimits limits{.max_depth = kJsonDepth};
    const auto read = kind == SourceKind::kJson ? parse_json(text, limits) : parse_json_by_hand(text, limits);
    return read ? std::nullopt : std::optional(fault_of_json(read.error()));
}

bool is_sure(SourceKind kind) { return kind != SourceKind::kC && kind != SourceKind::kCpp; }

std::string_view checked_name(SourceKind kind) {
    const auto* const checker = checker_of(kind);
    return checker == nullptr ? std::string_view() : checker->name;
}

std::string check_command(SourceKind kind, std::string_view text) {
    const auto* const checker = checker_of(kind);
    if (checker == nullptr) return "exit 127";
    if (kind == SourceKind::kScriptOrModule) {
        const bool is_module = looks_like_module(text);
        return fmt::format(
            "command -v node >/dev/null || exit 127; cp check.js check.mjs && cp check.js check.cjs; "
            "node --check check.{} 2>/tmp/said || node --check check.{} >/dev/null 2>&1 || "
            "{{ cat /tmp/said; exit 1; }}",
            is_module ? "mjs" : "cjs", is_module ? "cjs" : "mjs");
    }
    // Patterns that the script switches on are read only by a shell that has them on, and -n switches nothing on.
    if (kind == SourceKind::kBash && text.find("extglob") != std::string_view::npos)
        return "LC_ALL=C bash -O extglob -n check.sh";
    return std::string(checker->command);
}

std::optional<SyntaxFault> fault_in_output(SourceKind kind, std::string_view output) {
    switch (kind) {
        case SourceKind::kScript:
        case SourceKind::kModule:
        case SourceKind::kScriptOrModule: return fault_of_node(kind, output);
        case SourceKind::kRust: return fault_of_rustfmt(output);
        case SourceKind::kPhp: return fault_of_php(output);
        case SourceKind::kC:
        case SourceKind::kCpp: return fault_of_compiler(checked_name(kind), output);
        case SourceKind::kPython:
        case SourceKind::kShell:
        case SourceKind::kBash:
        case SourceKind::kRuby:
        case SourceKind::kGo: return fault_by_name(checked_name(kind), output);
        case SourceKind::kJson:
        case SourceKind::kJsonByHand:
        case SourceKind::kToml:
        case SourceKind::kOther: break;
    }
    return std::nullopt;
}

std::string fault_words(const SyntaxFault& fault) {
    return fmt::format("line {}: {}", fault.line, fault.message);
}

std::string cited_fault_words(const SyntaxFault& fault, std::string_view text) {
    auto out = fault_words(fault);
    const auto lines = split_lines(text);
    if (lines.empty()) return out;
    // A fault at the end of the file stands behind its last line.
    const auto at = std::min(fault.line, lines.size());
    for (auto n = std::max<std::size_t>(at, 2) - 1; n <= std::min(at + 1, lines.size()); ++n) {
        auto line = lines[n - 1];
        if (line.ends_with('\r')) line.remove_suffix(1);
        out += fmt::format("\n{}{:>4} | {}", n == fault.line ? '>' : ' ', n,
                           shortened(printable(to_valid_utf8(line)), kMostCitedBytes));
    }
    return out;
}

}  // namespace hearth::scaffold
