#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "app/verbs.h"
#include "core/result.h"
#include "eval/suite.h"

namespace hearth::app {

// What `hearth eval` can do, one file each; `arguments` is what follows the name.
int eval_check(Arguments arguments);
int eval_export(Arguments arguments);
int eval_from_git(Arguments arguments);
int eval_gate(Arguments arguments);
int eval_generate(Arguments arguments);
int eval_import(Arguments arguments);
int eval_list(Arguments arguments);
int eval_power(Arguments arguments);
int eval_report(Arguments arguments);
int eval_run(Arguments arguments);
int eval_show(Arguments arguments);
int eval_vary(Arguments arguments);

// A suite by path, or by name: ./suites/NAME, then what is installed with the program. `wish` as in eval::load_suite.
[[nodiscard]] Result<eval::Suite> find_suite(const std::string& name, const eval::InstanceWish& wish = {});

}  // namespace hearth::app
