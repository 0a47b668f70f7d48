"""hearth's coding agent in a Python program, over the C interface of libhearth (hearth.h says what each call does).

    import hearth
    with hearth.Agent(directory="project", arguments=["-m", "qwen2.5-coder:1.5b"]) as agent:
        print(agent.prompt("What does this project do?", on_event=lambda event: print(event["type"])))

The library is that of $HEARTH_LIBRARY, else libhearth.so.1 where the system looks for libraries.
"""

import ctypes
import json
import os

ABI = 1
_EVENT = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_void_p)
_TOOL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


class Failure(Exception):
    """What hearth said of a call that failed."""


class _Options(ctypes.Structure):
    _fields_ = [
        ("program", ctypes.c_char_p), ("directory", ctypes.c_char_p), ("arguments", ctypes.POINTER(ctypes.c_char_p)),
        ("log", ctypes.c_char_p), ("start_timeout_ms", ctypes.c_int),
    ]


def _load():
    library = ctypes.CDLL(os.environ.get("HEARTH_LIBRARY", "libhearth.so.1"))
    error = ctypes.POINTER(ctypes.c_void_p)
    # char* that are ours come as void*, because ctypes would copy a c_char_p and lose its address.
    signatures = {
        "hearth_abi": (ctypes.c_int, []),
        "hearth_agent_start": (ctypes.c_void_p, [ctypes.POINTER(_Options), error]),
        "hearth_agent_prompt": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p, _EVENT, ctypes.c_void_p, error]),
        "hearth_agent_ask": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, error]),
        "hearth_agent_next": (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int, error]),
        "hearth_agent_register_tool": (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, _TOOL,
                                                      ctypes.c_void_p, error]),
        "hearth_call_answer": (None, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]),
        "hearth_agent_abort": (ctypes.c_int, [ctypes.c_void_p]),
        "hearth_agent_free": (None, [ctypes.c_void_p]),
        "hearth_free": (None, [ctypes.c_void_p]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    if library.hearth_abi() != ABI:
        raise Failure(f"libhearth has the interface {library.hearth_abi()}, this module is for {ABI}")
    return library


def _bytes(text):
    return None if text is None else os.fsencode(text)


class Agent:
    """One agent, used by one thread at a time; abort() may be called by any."""

    def __init__(self, *, program=None, directory=None, arguments=(), log=None, start_timeout_s=30):
        self._library = _load()
        self._agent = None
        self._tools = []  # what the library calls has to live as long as the agent
        self._raised = []
        words = (ctypes.c_char_p * (len(arguments) + 1))(*(_bytes(each) for each in arguments), None)
        options = _Options(_bytes(program), _bytes(directory), words, _bytes(log), int(start_timeout_s * 1000))
        error = ctypes.c_void_p()
        self._agent = self._library.hearth_agent_start(ctypes.byref(options), ctypes.byref(error))
        if not self._agent:
            raise Failure(self._taken(error.value))

    def prompt(self, text, on_event=None):
        """Says text and returns the last answer. What on_event raises stops the run and is raised again."""
        raised = self._raised = []

        def tell(event, _context):
            if on_event is None or raised:
                return
            try:
                on_event(json.loads(event))
            except BaseException as error:  # whatever it is, it must not go through C
                raised.append(error)
                self.abort()

        error = ctypes.c_void_p()
        answer = self._library.hearth_agent_prompt(self._running(), text.encode(), _EVENT(tell), None, ctypes.byref(error))
        why, said = self._taken(error.value), self._taken(answer)
        if raised:
            raise raised[0]
        if answer is None:
            raise Failure(why)
        return said

    def ask(self, command, timeout_s=None):
        """The data of the answer to a command, such as {"type": "get_state"}."""
        error = ctypes.c_void_p()
        timeout_ms = 0 if timeout_s is None else max(1, int(timeout_s * 1000))
        data = self._library.hearth_agent_ask(self._running(), json.dumps(command).encode(), timeout_ms, ctypes.byref(error))
        if data is None:
            raise Failure(self._taken(error.value))
        return json.loads(self._taken(data))

    def next(self, timeout_s=None):
        """The next event; None when none comes within the time."""
        error = ctypes.c_void_p()
        timeout_ms = -1 if timeout_s is None else int(timeout_s * 1000)
        event = self._library.hearth_agent_next(self._running(), timeout_ms, ctypes.byref(error))
        if event is None and error.value is None:
            return None
        if event is None:
            raise Failure(self._taken(error.value))
        return json.loads(self._taken(event))

    def register_tool(self, name, description, parameters, run):
        """Offers a tool of this program to the model from the next prompt on.

        parameters is a JSON schema of an object, or None. run gets the arguments as a dict and returns what the model is told: a string, or
        what json.dumps() takes. An Exception that it raises is told to the model as a failure; anything else stops the run and is raised by prompt().
        """

        def call(made, arguments, _context):
            try:
                answer = run(json.loads(arguments))
                text, failed = answer if isinstance(answer, str) else json.dumps(answer), False
            except Exception as error:
                text, failed = f"{type(error).__name__}: {error}", True
            except BaseException as error:  # whatever it is, it must not go through C
                self._raised.append(error)
                self.abort()
                text, failed = "The program that has this tool ends.", True
            self._library.hearth_call_answer(made, text.encode(errors="replace"), failed)

        function, error = _TOOL(call), ctypes.c_void_p()
        self._tools.append(function)
        schema = None if parameters is None else json.dumps(parameters).encode()
        if self._library.hearth_agent_register_tool(self._running(), name.encode(), description.encode(), schema, function, None,
                                                    ctypes.byref(error)):
            raise Failure(self._taken(error.value))

    def abort(self):
        """Stops what goes on. False: the agent is gone."""
        return self._library.hearth_agent_abort(self._running()) == 0

    def close(self):
        agent, self._agent = self._agent, None
        if agent:
            self._library.hearth_agent_free(agent)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_agent", None):
            self.close()

    def _running(self):
        if not self._agent:
            raise Failure("the agent is closed")
        return self._agent

    def _taken(self, address):
        if not address:
            return ""
        text = ctypes.string_at(address).decode(errors="replace")
        self._library.hearth_free(address)
        return text
