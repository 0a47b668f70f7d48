#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "app/verbs.h"

namespace hearth::app {

// One of the parts of a verb that has several: `hearth key create`.
struct Part {
    std::string_view name;
    std::string_view summary;
    int (*run)(Arguments);
};

// Whether a part that is not known is named in the error: it may be a secret that was meant for another place.
enum class UnknownPart : std::uint8_t { kNamed, kHidden };

struct VerbParts {
    std::string_view verb;
    std::string_view about;  // the first lines of its help
    std::span<const Part> parts;
    std::string_view more;  // behind the list of parts
    UnknownPart unknown = UnknownPart::kNamed;
};

// Runs the part that the first argument names; --help and no argument print the parts. Returns the exit status.
int run_part(const VerbParts& verb, Arguments arguments);

}  // namespace hearth::app
