#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <string_view>

#include "app/key_verbs.h"
#include "app/verbs.h"

namespace hearth::app {
namespace {

struct Part {
    std::string_view name;
    std::string_view summary;
    int (*run)(Arguments);
};

constexpr std::array kParts = {
    Part{"create", "Makes a key and prints its secret, once.", key_create},
    Part{"list", "Shows the keys: what each is good for, and when it was last used.", key_list},
    Part{"revoke", "Ends a key.", key_revoke},
    Part{"rotate", "Gives a key a new secret.", key_rotate},
};

void print_usage(std::FILE* out) {
    fmt::print(out,
               "Keys for those who may use this machine's models.\n\n"
               "Usage: hearth key PART [OPTIONS]\n\nParts:\n");
    for (const auto& part : kParts)
        fmt::print(out, "  {:<8} {}\n", part.name, part.summary);
    fmt::print(out,
               "\n`hearth key PART --help` explains one part; docs/keys.md has the whole. "
               "`hearth usage` shows what was served.\n");
}

}  // namespace

int verb_key(Arguments arguments) {
    if (arguments.empty()) {
        print_usage(stderr);
        return 2;
    }
    const auto& first = arguments.front();
    if (first == "--help" || first == "-h") {
        print_usage(stdout);
        return 0;
    }
    for (const auto& part : kParts) {
        if (part.name == first) return part.run(arguments.subspan(1));
    }
    // Not repeated: it may be a secret that was meant for another place.
    fmt::print(stderr, "hearth key: there is no such part. Try: hearth key --help\n");
    return 2;
}

}  // namespace hearth::app
