#include "chat/detail/error_text.h"

#include "core/text.h"

namespace hearth::chat::detail {

std::string shortened(std::string_view text) {
    return printable(to_valid_utf8(trim(text).substr(0, kMaxErrorText)));
}

}  // namespace hearth::chat::detail
