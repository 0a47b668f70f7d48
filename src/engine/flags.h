#pragma once
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capacity/memory_model.h"
#include "core/units.h"
#include "engine/supervisor.h"
#include "engine/tuned_settings.h"

namespace hearth::engine {

// Optional flags that a llama-server knows. Our own builds know all of them; a user's server is asked.
class KnownFlags {
public:
    static KnownFlags all() { return KnownFlags(); }

    // From the text of `llama-server --help`. Pure.
    static KnownFlags from_help(std::string_view help);

    [[nodiscard]] bool has(std::string_view flag) const { return !known_ || known_->contains(flag); }

private:
    KnownFlags() = default;
    std::optional<std::set<std::string, std::less<>>> known_;  // none: every flag
};

// How one child is run, every value decided.
struct ServeSettings {
    std::filesystem::path server;
    std::filesystem::path model;
    std::string alias;             // the name the API gives the model
    std::filesystem::path socket;  // ends in .sock, which is how the engine tells a path from a host
    Tokens slot_context{8192};     // window of each slot
    Tokens pool{8192};             // cells shared by all slots
    int slots = 1;
    int threads = 1;
    int batch = 128;
    capacity::CacheType cache = capacity::CacheType::kF16;
    int prompt_cache_mib = 0;
    std::filesystem::path prompt_folder;  // where slots may be saved; empty: nowhere
    ServePurpose purpose = ServePurpose::kText;
    std::string pooling;  // for embeddings; empty: the model's own
    bool edit_speculation = false;
    Speculation speculation;               // where it is on
    std::optional<bool> flash_attention;   // none: as the engine sees fit
    std::optional<int> cpu_expert_layers;  // of the model, from the front; none: as the engine sees fit
    bool accelerator = false;              // let the engine fit layers to a device
};

// The command line of a child. Flags that the server does not know are left out where it can serve without them.
// Pure.
[[nodiscard]] std::vector<std::string> serve_argv(const ServeSettings& settings, const KnownFlags& known);

// The environment of a child, and nothing else is in it: passive waiting, so that a second busy process does not
// starve it; the accelerator's library; and from `inherited` what a driver needs. Pure.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> serve_environment(
    const std::filesystem::path& extra_backend, bool accelerator,
    const std::vector<std::pair<std::string, std::string>>& inherited);

// Names worth inheriting for a server that drives an accelerator or is the user's own.
[[nodiscard]] const std::vector<std::string>& inherited_names();

// The most tokens that n-gram speculation proposes at once for one slot where nothing else was found better.
[[nodiscard]] int longest_draft();

// Cells for `slots` sequences of `context` tokens. With a shared prompt (several answers to one question) the cells of
// the prompt are held once, so each further slot needs only room for its own part: a quarter of the window. Pure.
[[nodiscard]] Tokens pool_for(Tokens context, int slots, bool shared_prompt);

}  // namespace hearth::engine
