#include "sandbox/probe.h"

#include <array>

#include "core/text.h"

namespace hearth::sandbox {

namespace {

// Each line that the script prints when a promise holds.
struct Promise {
    std::string_view line;
    std::string_view broken;
};

constexpr std::array<Promise, 9> kPromises = {{{"user ok", "commands run as root"},
                                               {"capabilities ok", "commands keep capabilities"},
                                               {"privileges ok", "commands may gain privileges"},
                                               {"filter ok", "no system-call filter is active"},
                                               {"files ok", "files outside the workspace are visible"},
                                               {"system ok", "system folders can be written"},
                                               {"network ok", "a network is reachable"},
                                               {"processes ok", "processes outside are visible"},
                                               {"done", "the probe did not reach its end"}}};

std::string shell_quoted(std::string_view text) { return "'" + replace_all(text, "'", "'\\''") + "'"; }

}  // namespace

std::string probe_script(const std::filesystem::path& marker) {
    // Capabilities count as none only when all four sets are read and are zero.
    return "marker=" + shell_quoted(marker.native()) + R"(
caps=0
while read -r name value rest; do
  case $name in
    Uid:) case "$value $rest" in *[1-9]*) set -- $value $rest
          [ $1 != 0 ] && [ $2 != 0 ] && [ $3 != 0 ] && [ $4 != 0 ] && echo user ok;; esac;;
    CapPrm:|CapEff:|CapBnd:|CapAmb:) [ $value = 0000000000000000 ] && caps=$((caps + 1));;
    NoNewPrivs:) [ $value = 1 ] && echo privileges ok;;
    Seccomp:) [ $value = 2 ] && echo filter ok;;
  esac
done < /proc/self/status
[ $caps = 4 ] && echo capabilities ok
[ -e "$marker" ] || echo files ok
[ -w / ] || [ -w /usr ] || [ -w /etc ] || echo system ok
links=; while read -r name rest; do case $name in *:) links="$links$name";; esac; done < /proc/net/dev
[ "$links" = lo: ] && echo network ok
[ $$ -lt 10 ] && echo processes ok
echo done
)";
}

std::string probe_verdict(std::string_view output) {
    const auto lines = split_lines(output);
    for (const Promise& promise : kPromises) {
        bool seen = false;
        for (const std::string_view line : lines)
            seen = seen || line == promise.line;
        if (!seen) return std::string(promise.broken);
    }
    return {};
}

}  // namespace hearth::sandbox
