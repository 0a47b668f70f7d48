#!/usr/bin/env python3
"""A program with a tool of its own: the model asks it for prices.

    HEARTH_LIBRARY=build/release/sdk/libhearth.so.1 PYTHONPATH=sdk/python sdk/examples/price.py FOLDER -m qwen2.5-coder:1.5b
"""

import sys

import hearth

PRICES = {"bicycle": 250}


def price(given):
    return {"price": PRICES[given["article"]], "currency": "EUR"}


if len(sys.argv) < 2:
    sys.exit("Usage: price.py FOLDER [OPTION OF hearth code...]")
try:
    with hearth.Agent(directory=sys.argv[1], arguments=sys.argv[2:], log="price.log") as agent:
        agent.register_tool("price", "Says the price of an article of the shop.",
                            {"type": "object", "properties": {"article": {"type": "string"}}, "required": ["article"]}, price)
        print(agent.prompt("What does a bicycle cost in the shop?"))
except hearth.Failure as failure:
    sys.exit(f"price: {failure}")
