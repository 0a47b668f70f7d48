#include <array>

#include "app/key_verbs.h"
#include "app/verb_parts.h"
#include "app/verbs.h"

namespace hearth::app {
namespace {

constexpr std::array kParts = {
    Part{"create", "Makes a key and prints its secret, once.", key_create},
    Part{"list", "Shows the keys: what each is good for, and when it was last used.", key_list},
    Part{"revoke", "Ends a key.", key_revoke},
    Part{"rotate", "Gives a key a new secret.", key_rotate},
};

constexpr VerbParts kVerb{.verb = "key",
                          .about = "Keys for those who may use this machine's models.",
                          .parts = kParts,
                          .more =
                              "`hearth key PART --help` explains one part; docs/keys.md has the whole. "
                              "`hearth usage` shows what was served.",
                          .unknown = UnknownPart::kHidden};

}  // namespace

int verb_key(Arguments arguments) { return run_part(kVerb, arguments); }

}  // namespace hearth::app
