#pragma once
#include <memory>
#include <string>
#include <vector>

#include "chat/message.h"
#include "chat/provider.h"

namespace hearth::chat {

// What others wrote, as a model may be told of it: its own answers ("PROVIDER/MODEL" is `author`) and those of which nobody knows whose
// they are stay as they are; from those of other models thoughts and signatures are taken, which only their own provider takes back. Pure.
[[nodiscard]] std::vector<Message> handed_over(std::vector<Message> messages, const std::string& author);

// Does so before every request. Threads: as the provider that it hands on to.
[[nodiscard]] std::unique_ptr<Provider> make_handing_over_provider(std::unique_ptr<Provider> provider,
                                                                   std::string author);

// The ids of tool calls in the form that one dialect takes. The same id becomes the same, and two never become one.
struct CallIdForm {
    std::size_t most = 64;     // characters: letters, digits, '_' and '-'
    bool exact_alnum = false;  // letters and digits alone, always `most` of them
};

// All ids of the messages, of calls and of results. What has the form already stays as it is. Pure.
void put_call_ids_right(std::vector<Message>& messages, const CallIdForm& form);

}  // namespace hearth::chat
