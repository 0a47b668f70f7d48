#include "eval/distract.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <string_view>

#include "core/text.h"
#include "eval/detail/code_tokens.h"
#include "eval/detail/nonsense.h"
#include "eval/random.h"

namespace hearth::eval {
namespace {

using detail::CodeLanguage;

// What is replaced by seed: words between '<' and '>' are names, '#' is a number from 2 to 99.
constexpr std::string_view kPython = R"(<Limit> = #


def <collect>(<parts>, <weight>):
    <sum> = 0
    for <part> in <parts>:
        if <part> % # == 1:
            <sum> += <part> * <weight>
    return min(<sum>, <Limit>)


def <shorten>(<line>):
    return [<word> for <word> in <line>.split() if len(<word>) > #]


def <spread>(<weight>):
    return {<step>: <step> * <weight> + # for <step> in range(#)}
)";

constexpr std::string_view kC = R"(static const int <Limit> = #;

int <collect>(const int *<parts>, int <count>, int <weight>) {
    int <sum> = 0;
    for (int <step> = 0; <step> < <count>; ++<step>)
        if (<parts>[<step>] % # == 1) <sum> += <parts>[<step>] * <weight>;
    return <sum> < <Limit> ? <sum> : <Limit>;
}

int <shorten>(const char *<line>) {
    int <count> = 0;
    while (<line>[<count>] != '\0' && <count> < #)
        ++<count>;
    return <count>;
}

int <spread>(int <weight>) { return <weight> * # + #; }
)";

constexpr std::string_view kJavaScript = R"(const <Limit> = #;

function <collect>(<parts>, <weight>) {
  let <sum> = 0;
  for (const <part> of <parts>) {
    if (<part> % # === 1) <sum> += <part> * <weight>;
  }
  return Math.min(<sum>, <Limit>);
}

function <shorten>(<line>) {
  return <line>.split(' ').filter((<word>) => <word>.length > #);
}

function <spread>(<weight>) {
  return [<weight> + #, <weight> * #];
}
)";

constexpr std::array<std::string_view, 12> kNames = {"Limit", "collect", "parts",   "weight",
                                                     "sum",   "part",    "shorten", "line",
                                                     "word",  "spread",  "step",    "count"};
constexpr std::string_view kFile = "extra";

std::string_view pattern_of(CodeLanguage language) {
    switch (language) {
        case CodeLanguage::kPython: return kPython;
        case CodeLanguage::kC: return kC;
        case CodeLanguage::kJavaScript: break;
    }
    return kJavaScript;
}

std::string filled(std::string_view pattern, const std::map<std::string, std::string>& names,
                   std::uint64_t seed) {
    Random random(seed, "numbers");
    std::string text;
    for (const char c : pattern)
        text += c == '#' ? std::to_string(2 + random.below(98)) : std::string(1, c);
    for (const auto name : kNames)
        text = replace_all(text, fmt::format("<{}>", name), names.at(std::string(name)));
    return text;
}

// Every word that stands anywhere in the task, so that no name is one of them.
std::set<std::string> words_of(const CodeTask& task, CodeLanguage language) {
    std::set<std::string> words;
    for (const auto* files : {&task.work, &task.tests, &task.solution}) {
        for (const auto& file : *files) {
            const auto tokens = detail::code_tokens(file.content, language);
            for (const auto& token : tokens)
                for (const auto& word : detail::identifier_words(token.text))
                    words.insert(to_lower_ascii(word));
        }
    }
    return words;
}

}  // namespace

Result<CodeTask> distract(const CodeTask& task, std::uint64_t seed) {
    const auto language = detail::code_language(task.language);
    if (!language) {
        return Error(Code::kUnsupported, fmt::format("an unrelated file can be written in python, cpp, c and "
                                                     "javascript, not in '{}'",
                                                     printable(task.language)));
    }
    const auto beside = std::ranges::find_if(task.work, [&](const CodeFile& file) {
        return detail::is_source_path(file.path, *language) && !file.path.ends_with(".h") &&
               !file.path.ends_with(".hpp");
    });
    if (beside == task.work.end())
        return Error(Code::kInvalidInput, "work/ has no source file that another could stand beside");
    std::set<std::string> wanted(kNames.begin(), kNames.end());
    wanted.emplace(kFile);
    const auto names = detail::nonsense_names(wanted, words_of(task, *language), {}, seed);
    const auto slash = beside->path.rfind('/');
    const auto folder = slash == std::string::npos ? std::string() : beside->path.substr(0, slash + 1);
    const auto extension = beside->path.substr(beside->path.rfind('.'));
    CodeTask result = task;
    result.work.push_back(
        {folder + names.at(std::string(kFile)) + extension, filled(pattern_of(*language), names, seed)});
    return result;
}

}  // namespace hearth::eval
