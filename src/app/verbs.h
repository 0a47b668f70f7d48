#pragma once
#include <span>
#include <string>

namespace hearth::app {

// Every verb of the command line, one file each (verb_<name>.cpp): declare options, build one request, call a
// room, render. `arguments` is what follows the verb. Returns the exit status (exit_status.h).
using Arguments = std::span<const std::string>;

int verb_audit(Arguments arguments);
int verb_catalogue(Arguments arguments);
int verb_code(Arguments arguments);
int verb_doctor(Arguments arguments);
int verb_eval(Arguments arguments);
int verb_extension(Arguments arguments);
int verb_key(Arguments arguments);
int verb_launch(Arguments arguments);
int verb_list(Arguments arguments);
int verb_machine(Arguments arguments);
int verb_plan(Arguments arguments);
int verb_policy(Arguments arguments);
int verb_probe(Arguments arguments);
int verb_ps(Arguments arguments);
int verb_pull(Arguments arguments);
int verb_remote(Arguments arguments);
int verb_rm(Arguments arguments);
int verb_run(Arguments arguments);
int verb_secret(Arguments arguments);
int verb_serve(Arguments arguments);
int verb_service(Arguments arguments);
int verb_share(Arguments arguments);
int verb_show(Arguments arguments);
int verb_stop(Arguments arguments);
int verb_top(Arguments arguments);
int verb_tune(Arguments arguments);
int verb_usage(Arguments arguments);

}  // namespace hearth::app
