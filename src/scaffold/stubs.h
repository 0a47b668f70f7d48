#pragma once
#include <cstdint>
#include <string_view>

#include "scaffold/source_outline.h"

namespace hearth::scaffold {

// How a definition says that it has yet to be written.
enum class Unwritten : std::uint8_t {
    kNo,
    kSaysSo,  // in words: NotImplementedError, TODO, todo!() and the like
    kEmpty,  // its body does nothing, only throws, or returns a constant whatever the parameters are; a hook looks the same
};

// Of a definition in a source. Constructors and destructors without a body are written. Pure.
[[nodiscard]] Unwritten unwritten(std::string_view source, const Definition& definition, Syntax syntax);

// Whether a source holds nothing but comments, imports, and empty namespaces or modules. Pure.
[[nodiscard]] bool is_blank_source(std::string_view source, Syntax syntax);

// Whoever names a class does not mean its constructor, which has the class's name: "ring_log::RingLog::RingLog", "Cart.Cart". Pure.
[[nodiscard]] bool is_constructor(std::string_view name);

}  // namespace hearth::scaffold
