#include <array>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "app/exit_status.h"
#include "app/verbs.h"
#include "os/private_memory.h"

namespace {

using hearth::app::Arguments;

struct Verb {
    std::string_view name;
    std::string_view summary;
    int (*run)(Arguments);
};

constexpr std::array kVerbs = {
    Verb{"code", "Works on the code in this folder with a local model until its tests pass.",
         hearth::app::verb_code},
    Verb{"extension", "Shows, installs and trusts extensions of `hearth code`.", hearth::app::verb_extension},
    Verb{"eval", "Measures models and agents on your own tasks.", hearth::app::verb_eval},
    Verb{"share", "Makes a dataset of sessions that you choose, without secrets.", hearth::app::verb_share},
    Verb{"run", "Chats with a model, on a terminal or in a pipe.", hearth::app::verb_run},
    Verb{"serve", "Serves models to the clients of Ollama, OpenAI and Anthropic.", hearth::app::verb_serve},
    Verb{"launch", "Starts a coding client (Claude Code, Codex, …) on a model of the running server.",
         hearth::app::verb_launch},
    Verb{"ps", "Shows the models that the running server has loaded.", hearth::app::verb_ps},
    Verb{"top", "Watches the running server: its models, and the requests under way.", hearth::app::verb_top},
    Verb{"stop", "Unloads a model of the running server.", hearth::app::verb_stop},
    Verb{"remote", "Has the server offer models of other servers: vLLM, llama-server, a peer, a cloud.",
         hearth::app::verb_remote},
    Verb{"secret", "Keeps API keys of other servers.", hearth::app::verb_secret},
    Verb{"service", "Has the server started by systemd when you log in.", hearth::app::verb_service},
    Verb{"pull", "Gets a model, verified.", hearth::app::verb_pull},
    Verb{"list", "Shows the installed models.", hearth::app::verb_list},
    Verb{"show", "Shows what is known about one model.", hearth::app::verb_show},
    Verb{"catalogue", "Checks, updates and signs the list of models that can be pulled.",
         hearth::app::verb_catalogue},
    Verb{"machine", "Says what this machine is, and measures how fast.", hearth::app::verb_machine},
    Verb{"plan", "Says what a model takes on this machine, and with which settings it fits.",
         hearth::app::verb_plan},
    Verb{"tune", "Finds the settings with which a model is fastest on this machine, and keeps them.",
         hearth::app::verb_tune},
    Verb{"probe", "Finds out how a model is best worked with on this machine, and keeps it.",
         hearth::app::verb_probe},
    Verb{"rm", "Removes a model.", hearth::app::verb_rm},
    Verb{"key", "Makes and ends keys for those who may use this machine's models.", hearth::app::verb_key},
    Verb{"usage", "Shows what was served, by key, model or day.", hearth::app::verb_usage},
    Verb{"audit", "Shows what `hearth code` did, and checks that the record is whole.",
         hearth::app::verb_audit},
    Verb{"policy", "Checks, tries and explains what `hearth code` may do without asking.",
         hearth::app::verb_policy},
    Verb{"doctor", "Checks this machine: engines, containment, models, space.", hearth::app::verb_doctor},
};

void print_usage(std::FILE* out) {
    fmt::print(out,
               "hearth {}: a local-first AI stack in one program\n\nUsage: hearth VERB [OPTIONS]\n\nVerbs:\n",
               HEARTH_VERSION);
    for (const auto& verb : kVerbs)
        fmt::print(out, "  {:<9} {}\n", verb.name, verb.summary);
    fmt::print(out, "\n`hearth VERB --help` explains one. `hearth --version` prints the version.\n");
}

int dispatch(const std::vector<std::string>& words) {
    if (words.empty()) {
        print_usage(stderr);
        return 2;
    }
    const auto& first = words.front();
    if (first == "--version" || first == "-V" || first == "version") {
        fmt::print("hearth {}\n", HEARTH_VERSION);
        return 0;
    }
    if (first == "--help" || first == "-h" || first == "help") {
        print_usage(stdout);
        return 0;
    }
    for (const auto& verb : kVerbs) {
        if (verb.name == first) return verb.run(Arguments(words).subspan(1));
    }
    fmt::print(stderr, "hearth: there is no verb '{}'. Try: hearth --help\n", first);
    return 2;
}

}  // namespace

int main(int count, char** values) {
    // Keys of clients, secrets of services and what people ask pass through here.
    hearth::os::keep_memory_private();
    try {
        return dispatch(std::vector<std::string>(values + 1, values + count));
    } catch (const std::bad_alloc&) {
        std::fputs("hearth: out of memory\n", stderr);
        return 7;
    } catch (const std::exception& error) {
        return hearth::app::report(
            hearth::Error(hearth::Code::kInternal, fmt::format("a bug in hearth: {}", error.what())));
    }
}
