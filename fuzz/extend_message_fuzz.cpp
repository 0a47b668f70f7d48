#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "extend/declaration.h"
#include "extend/manifest.h"
#include "extend/message.h"
#include "extend/ui.h"

// What extensions and their packages write: a message that is read can be answered in one line; what is declared is within its limits; dialogs and
// notices can be told to a client; package files are read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto message = extend::parse_message(text); message && !message->id.empty()) {
        for (const auto& line :
             {extend::answer_line(message->id, "{}"), extend::failure_line(message->id, message->method),
              extend::request_line(message->id, message->method, message->params)}) {
            HEARTH_ASSERT(line.find('\n') == std::string::npos);
            const auto again = extend::parse_message(line);
            // A method may be empty only in an answer, which request_line() above writes as one.
            HEARTH_ASSERT(again || message->method.empty());
            if (again) HEARTH_ASSERT(again->id == message->id);
        }
    }
    if (auto declared = extend::parse_registration(text)) {
        HEARTH_ASSERT(declared->tools.size() <= 128 && declared->events.size() <= 128);
        for (const auto& tool : declared->tools)
            HEARTH_ASSERT(!tool.name.empty() && parse_json(tool.parameters));
        auto twice = *declared;
        HEARTH_ASSERT(extend::add_registration(twice, *declared));
        HEARTH_ASSERT(twice.tools.size() == declared->tools.size());
    }
    if (const auto dialog = extend::parse_dialog(text))
        HEARTH_ASSERT(parse_json(extend::dialog_record("id", *dialog)));
    if (const auto notice = extend::parse_notice(text))
        HEARTH_ASSERT(parse_json(extend::notice_record("id", *notice)));
    if (const auto manifest = extend::parse_manifest(text)) HEARTH_ASSERT(!manifest->command.empty());
    [[maybe_unused]] const auto package = extend::parse_package(text);
    return 0;
}
