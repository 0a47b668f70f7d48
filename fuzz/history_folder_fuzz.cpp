#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "history/folder_list.h"
#include "history/stat_index.h"

// The list of a kept folder, and the index beside it: what is accepted is the same when it is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto items = hearth::history::decode_folder(text)) {
        const auto again = hearth::history::decode_folder(hearth::history::encode_folder(*items));
        HEARTH_ASSERT(again && *again == *items);
        for (const auto& item : *items)
            HEARTH_ASSERT(item.name.find('/') == std::string::npos && item.name != ".." &&
                          item.state.mode <= 0777);
    }
    const auto index = hearth::history::StatIndex::decode(text);
    HEARTH_ASSERT(hearth::history::StatIndex::decode(index.encode()).size() == index.size());
    return 0;
}
