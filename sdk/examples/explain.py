#!/usr/bin/env python3
"""Has the agent explain a folder, as explain.cpp does.

    HEARTH_LIBRARY=build/release/sdk/libhearth.so.1 PYTHONPATH=sdk/python sdk/examples/explain.py FOLDER -m qwen2.5-coder:1.5b
"""

import sys

import hearth


def show(event):
    if event["type"] == "tool_execution_start":
        print(event["toolName"], event["args"], file=sys.stderr)


if len(sys.argv) < 2:
    sys.exit("Usage: explain.py FOLDER [OPTION OF hearth code...]")
try:
    with hearth.Agent(directory=sys.argv[1], arguments=sys.argv[2:], log="explain.log") as agent:
        print(agent.prompt("Read the files here and say in three sentences what this project does.", on_event=show))
except hearth.Failure as failure:
    sys.exit(f"explain: {failure}")
