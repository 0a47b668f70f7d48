#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chat/loose_json.h"
#include "chat/text_calls.h"
#include "core/json.h"

// Any answer of a model: calls in it have arguments that are strict JSON objects, and a stream of it never lets a part of one go as text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth;
    const std::string_view text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));
    const std::vector<chat::Tool> tools = {
        {.name = "weather", .description = {}, .parameters = R"({"properties":{"days":{"type":"integer"}}})"},
        {.name = "a", .description = {}, .parameters = "{}"}};
    if (const auto loose = chat::read_loose_json(text)) {
        if (!parse_json(loose->text) || loose->length > text.size()) std::abort();
    }
    const auto found = chat::find_text_calls(text, tools, false);
    for (const auto& call : found.calls) {
        const auto arguments = parse_json(call.arguments);
        if (!arguments || call.arguments.front() != '{') std::abort();
    }
    std::size_t certain = 0;
    for (std::size_t length = 0; length <= text.size(); length += 7)
        certain = chat::certain_text(text.substr(0, length), certain, tools);
    certain = chat::certain_text(text, certain, tools);
    // Blanks before a call are no part of it.
    const std::size_t begins = text.find_first_not_of(" \t\r\n\f\v", found.before.size());
    if (!found.calls.empty() && certain > std::min(begins, text.size())) std::abort();
    return 0;
}
