#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/tool.h"
#include "core/result.h"

namespace hearth::app {

// Which tools a session has, as a person says it, in pi's words.
struct ToolChoice {
    std::string only;         // "read,grep": these; "+grep,-write": the usual ones with changes
    std::string without;      // "bash,deploy_*": not these, whatever else is said
    bool none = false;        // only those that `only` names
    bool no_builtin = false;  // of hearth's own only those that `only` names

    [[nodiscard]] bool any() const { return !only.empty() || !without.empty() || none || no_builtin; }
};

// A choice that has been read. Names may have `*` for any characters.
// Threads: a plain value.
class ChosenTools {
public:
    ChosenTools() = default;

    // Errors: kInvalidInput for a list that has both plain names and such with a sign, and for one that names nothing.
    static Result<ChosenTools> parse(const ToolChoice& choice);

    // Whether a model may call the tool of that name. A client's own tools are not chosen by this.
    [[nodiscard]] bool has(std::string_view name, bool of_extension) const;

    // Nothing was chosen: the usual tools are there.
    [[nodiscard]] bool is_usual() const {
        return only_.empty() && added_.empty() && removed_.empty() && !none_ && !no_builtin_;
    }

    // Whether a list names it, so that it is wanted though it is not a usual one.
    [[nodiscard]] bool names(std::string_view name) const;

    // kInvalidInput for a name that fits none of hearth's tools and none of `others`, with those that there are.
    [[nodiscard]] Status check(const std::vector<std::string>& others) const;

private:
    std::vector<std::string> only_;
    std::vector<std::string> added_;
    std::vector<std::string> removed_;
    bool exact_ = false;  // only_ is the whole choice
    bool none_ = false;
    bool no_builtin_ = false;
};

// Takes out of the box what is not chosen.
void keep_chosen(agent::ToolBox& tools, const ChosenTools& chosen);

}  // namespace hearth::app
