#pragma once
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_file.h"
#include "core/result.h"
#include "os/paths.h"

namespace hearth::app {

class Options;

// What can be set of `hearth serve`, by the same name as an option (--NAME) and in the table [serve] of config.toml.
struct ServeKey {
    ConfigKey key;
    const char* variable = nullptr;  // Ollama's, that says the same
    std::string_view usual;          // the access log's is in the state folder
    bool live = false;               // a running server takes it over from the file on SIGHUP
    const char* help = nullptr;
};

[[nodiscard]] std::span<const ServeKey> serve_keys();

// Every key of serve_keys() with what holds, and who said it.
using ServeChoices = ConfigTable;

// The options of the command line, as they were given; filled by Options::parse().
class ServeOptions {
public:
    // Declares all of them.
    explicit ServeOptions(Options& options);
    ServeOptions(const ServeOptions&) = delete;
    ServeOptions& operator=(const ServeOptions&) = delete;

    [[nodiscard]] ConfigTable given() const;

private:
    std::map<std::string_view, std::vector<std::string>> texts_;
    std::map<std::string_view, std::string> text_;
    std::map<std::string_view, bool> switches_;
};

// What the variables of the environment say.
[[nodiscard]] ConfigTable serve_environment();

// Config.toml of that folder.
[[nodiscard]] std::filesystem::path config_file(const os::Paths& paths);

// An option goes before its variable, that before the file, that before what is usual; nothing is mixed of two.
// Errors: of the file.
[[nodiscard]] Result<ServeChoices> choose_settings(const ConfigTable& options, const ConfigTable& environment,
                                                   const os::Paths& paths);

// The names of what differs and only holds from the next start on. Pure.
[[nodiscard]] std::vector<std::string> needs_restart(const ServeChoices& running, const ServeChoices& now);

// For people, and as JSON: [{"name", "value", "from", "reload"}]. Pure.
[[nodiscard]] std::string choices_table(const ServeChoices& choices);
[[nodiscard]] std::string choices_json(const ServeChoices& choices);

}  // namespace hearth::app
