#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tool.h"
#include "extend/remote.h"

namespace hearth::extend {

// The tools of a run: hearth's own and those of extensions, of which one takes the place of another of its name.
// Threads: one owner, and no run while the tools change.
class ToolSet {
public:
    using Wrap = std::function<std::unique_ptr<agent::Tool>(std::unique_ptr<agent::Tool>)>;

    // Whether a person lets a model call the tool of this name, one of an extension or hearth's own.
    using Pick = std::function<bool(std::string_view name, bool of_extension)>;

    // `box` outlives it and is changed by it. Tools of extensions go through `wrap`. Those that `pick` does not let pass, where there is one,
    // are called by no model, whatever extensions ask for.
    ToolSet(agent::ToolBox& box, Wrap wrap, Pick pick = {})
        : box_(box), wrap_(std::move(wrap)), pick_(std::move(pick)) {}

    // Brings the box up to date. `active`: names of those that a model may call; without it all.
    void update(const std::vector<Remote*>& remotes, const std::optional<std::vector<std::string>>& active);

    // hearth's own of this name, whether or not a model may call it; nothing when there is none.
    [[nodiscard]] agent::Tool* own(std::string_view name) const;

    // All that there are, and whether a model may call them, as JSON: [{"name", "description", "parameters", "active"}, …].
    [[nodiscard]] std::string json() const;

private:
    agent::ToolBox& box_;
    Wrap wrap_;
    Pick pick_;
    agent::ToolBox parked_;            // own ones that are not in the box
    agent::ToolBox idle_;              // of extensions, likewise
    std::vector<std::string> remote_;  // names in the box that are of extensions
};

// A tool of an extension. `remote` outlives it.
[[nodiscard]] std::unique_ptr<agent::Tool> remote_tool(Remote& remote, ToolDeclaration declaration);

}  // namespace hearth::extend
