#pragma once
#include <string>
#include <vector>

#include "app/verbs.h"
#include "core/result.h"
#include "os/paths.h"
#include "policy/decide.h"
#include "policy/rule.h"

namespace hearth::app {

// What `hearth policy` can do; `arguments` is what follows the name.
int policy_check(Arguments arguments);
int policy_test(Arguments arguments);
int policy_explain(Arguments arguments);
int policy_decisions(Arguments arguments);

// The policies that a call is judged by: those of `files`, the user's own, or where there are none those that hold in a folder. Errors: as
// read_policies().
[[nodiscard]] Result<std::vector<policy::Policy>> policies_to_use(const os::Paths& paths,
                                                                  const std::vector<std::string>& files,
                                                                  const std::string& folder);

// A rule that fits as "forbid  no-keys  policy.hearth:4", for a line of a table.
[[nodiscard]] std::string fit_words(const policy::Fit& fit);

}  // namespace hearth::app
