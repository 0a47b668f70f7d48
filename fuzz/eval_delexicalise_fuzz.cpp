#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "eval/delexicalise.h"
#include "eval/detail/code_tokens.h"

// Any bytes as source text: its tokens are the text again, and renaming gives the same twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::eval;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::string_view languages[] = {"python", "cpp", "javascript"};
    const std::string_view endings[] = {".py", ".cpp", ".js"};
    const auto which = data[0] % 3U;
    std::string again;
    for (const auto& token : detail::code_tokens(text, *detail::code_language(languages[which])))
        again += token.text;
    if (again != text) std::abort();
    CodeTask task;
    task.language = languages[which];
    task.instructions = text;
    task.work = {{"reading" + std::string(endings[which]), std::string(text)}};
    const auto one = delexicalise(task, 1);
    const auto two = delexicalise(task, 1);
    if (one.has_value() != two.has_value()) std::abort();
    if (one && (one->task.work[0].content != two->task.work[0].content || one->names.empty())) std::abort();
    return 0;
}
