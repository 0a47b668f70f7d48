#include "app/verb_parts.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::app {
namespace {

void print_parts(const VerbParts& verb, std::FILE* out) {
    constexpr std::size_t kNarrowest = 8;
    std::size_t width = kNarrowest;
    for (const Part& part : verb.parts)
        width = std::max(width, part.name.size() + 1);
    fmt::print(out, "{}\n\nUsage: hearth {} PART [OPTIONS]\n\nParts:\n", verb.about, verb.verb);
    for (const Part& part : verb.parts)
        fmt::print(out, "  {:<{}} {}\n", part.name, width, part.summary);
    fmt::print(out, "\n{}\n", verb.more);
}

}  // namespace

int run_part(const VerbParts& verb, Arguments arguments) {
    if (arguments.empty()) {
        print_parts(verb, stderr);
        return 2;
    }
    const auto& first = arguments.front();
    if (first == "--help" || first == "-h") {
        print_parts(verb, stdout);
        return 0;
    }
    for (const Part& part : verb.parts)
        if (part.name == first) return part.run(arguments.subspan(1));
    const std::string which = verb.unknown == UnknownPart::kHidden
                                  ? std::string("there is no such part")
                                  : fmt::format("there is no part '{}'", printable(first));
    fmt::print(stderr, "hearth {0}: {1}. Try: hearth {0} --help\n", verb.verb, which);
    return 2;
}

}  // namespace hearth::app
