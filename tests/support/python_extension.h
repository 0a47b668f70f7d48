#pragma once
#include <string>

#include "os/process.h"

namespace hearth::test {

// A process that speaks JSON lines: `body` is Python with `read()` (the next message, None at the end), `send(**members)`, `answer(message, result)`
// and `note(method, **params)`.
inline os::Command python_extension(const std::string& body) {
    const std::string prelude =
        "import json, sys, time\n"
        "def read():\n"
        "    line = sys.stdin.readline()\n"
        "    return json.loads(line) if line else None\n"
        "def send(**members):\n"
        "    sys.stdout.write(json.dumps({'jsonrpc': '2.0', **members}) + '\\n')\n"
        "    sys.stdout.flush()\n"
        "def answer(message, result):\n"
        "    send(id=message['id'], result=result)\n"
        "def note(method, /, **params):\n"
        "    send(method=method, params=params)\n";
    os::Command command;
    command.argv = {"/usr/bin/python3", "-S", "-c", prelude + body};
    command.environment = {{"PATH", "/usr/bin:/bin"}};
    return command;
}

}  // namespace hearth::test
