"""What a candidate does: loads its modules, runs tests on them, and tells every check as a line of JSON.

    python3 python.py plan.json        {"modules": ["bank.py"], "tests": ["assert f(1) == 2", "..."]}

The first line says whether the modules load. Then each check: its unit ("2.1": the first part of the third test), its number in the
unit, the value that was found, and whether it is what the test says. A check that fails does not end its test, so that two candidates
can be compared by all their values. Tests come from a model: what is no code is passed over.
"""

import ast
import builtins
import contextlib
import importlib
import importlib.util
import io
import json
import os
import re
import signal
import sys

SECONDS_TO_LOAD = 5
SECONDS_OF_A_TEST = 2


plan = json.load(open(sys.argv[1]))
root = os.getcwd()
report, sys.stdout = sys.stdout, io.StringIO()
sys.stderr = io.StringIO()
sys.dont_write_bytecode = True


class TooLong(BaseException):
    pass


def too_long(*_):
    raise TooLong()


signal.signal(signal.SIGALRM, too_long)


def tell(**record):
    report.write(json.dumps(record) + "\n")
    report.flush()


def shown(value):
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:400]


class raises(contextlib.AbstractContextManager):
    """pytest.raises and assertRaises, with or without pytest."""

    def __init__(self, *kinds, **_):
        self.kinds, self.value = tuple(k for k in kinds if isinstance(k, type)) or (Exception,), None
        self.exception = None

    def __exit__(self, kind, value, _):
        self.value = self.exception = value
        check(kind is not None and issubclass(kind, self.kinds), kind.__name__ if kind else "nothing raised")
        return kind is not None and not issubclass(kind, (TooLong, KeyboardInterrupt))


def check(ok, value):
    global count
    count += 1
    tell(unit=unit, check=count, value=value, ok=bool(ok))


def check_equal(found, wanted, *_):
    check(found == wanted, shown(found))


def check_true(found, *_):
    check(found, shown(bool(found)))


def check_false(found, *_):
    check(not found, shown(bool(found)))


def check_raises(kinds, function=None, *given, **named):
    guard = raises(kinds)
    if function is None:
        return guard
    with guard:
        function(*given, **named)


METHODS = {
    "assertEqual": "__check_equal",
    "assertEquals": "__check_equal",
    "assertListEqual": "__check_equal",
    "assertDictEqual": "__check_equal",
    "assertTupleEqual": "__check_equal",
    "assertSetEqual": "__check_equal",
    "assertTrue": "__check_true",
    "assertFalse": "__check_false",
    "assertRaises": "__check_raises",
    "assertRaisesRegex": "__check_raises",
}
CHECKS = {
    "__check_equal": check_equal,
    "__check_true": check_true,
    "__check_false": check_false,
    "__check_raises": check_raises,
}


class Asserts(ast.NodeTransformer):
    """Every assertion becomes a check that is told and does not end the test."""

    def visit_Assert(self, node):
        name, given = "__check_true", [node.test]
        compares = isinstance(node.test, ast.Compare) and len(node.test.ops) == 1
        if compares and isinstance(node.test.ops[0], (ast.Eq, ast.Is)):
            name, given = "__check_equal", [node.test.left, node.test.comparators[0]]
        return ast.copy_location(ast.Expr(ast.Call(ast.Name(name, ast.Load()), given, [])), node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            of, name = node.func.value.id, node.func.attr
            new = METHODS.get(name) if of == "self" else "__check_raises" if (of, name) == ("pytest", "raises") else None
            if new:
                node.func = ast.copy_location(ast.Name(new, ast.Load()), node.func)
        return node


def parsed(text):
    """The longest beginning that is code: an answer may be cut anywhere."""
    lines = text.split("\n")
    while lines:
        try:
            return ast.parse("\n".join(lines))
        except (SyntaxError, ValueError):
            lines.pop()
    return ast.parse("")


def run(code, space):
    signal.setitimer(signal.ITIMER_REAL, SECONDS_OF_A_TEST)
    try:
        exec(code, space)
        return None
    except BaseException as error:
        return type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def load(path):
    folder, file = os.path.split(os.path.join(root, path))
    stem = file[:-3]
    if os.path.exists(os.path.join(folder, "__init__.py")):
        return importlib.import_module(path[:-3].replace("/", "."))
    sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(stem, os.path.join(folder, file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    spec.loader.exec_module(module)
    return module


sys.path.insert(0, root)
space = {"__name__": "probe"}
signal.setitimer(signal.ITIMER_REAL, SECONDS_TO_LOAD)
try:
    for path in plan["modules"]:
        if os.path.exists(path):
            space.update(vars(load(path)))
    space["__name__"] = "probe"
    tell(loads=True)
except BaseException as error:
    tell(loads=False, error=f"{type(error).__name__}: {error}"[:400])
    sys.exit()
finally:
    signal.setitimer(signal.ITIMER_REAL, 0)
space.update(CHECKS)


def functions_of(tree):
    """Test functions, methods of test classes with their setUp, and statements at the top, in order."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test"):
            if not node.args.args:
                yield "test", node.body
        elif isinstance(node, ast.ClassDef) and any(
            isinstance(each, ast.FunctionDef) and each.name.startswith("test") for each in node.body
        ):
            prepared = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "setUp"]
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and each.name.startswith("test"):
                    yield "test", [line for first in prepared for line in first.body] + each.body
        elif isinstance(node, ast.If) and "__main__" in ast.dump(node.test):
            continue
        elif isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            yield "prepare", [node]
        else:
            yield "line", [node]


class Nothing:
    """What a test's own self is, where only its fields are used."""


def says_all(node):
    """Whether a line means the same in every test: an assertion about what the modules hold, and nothing else."""
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return isinstance(node, ast.Assert) and all(name in space or hasattr(builtins, name) for name in used)


run_before = set()
for number, text in enumerate(plan["tests"]):
    together = dict(space)
    part = 0
    for kind, body in functions_of(parsed(text)):
        part += 1
        unit, count = f"{number}.{part}", 0
        same = ast.dump(ast.Module(body, []))
        if kind == "test" or kind == "line" and says_all(body[0]):
            if same in run_before:
                continue
            run_before.add(same)
        tree = ast.fix_missing_locations(Asserts().visit(ast.Module(body, [])))
        place = together if kind != "test" else dict(together, self=Nothing())
        try:
            code = compile(tree, "test", "exec")
        except (SyntaxError, ValueError):
            continue
        failure = run(code, place)
        if failure and kind != "prepare":
            tell(unit=unit, check=count + 1, value="raises " + failure, ok=False)
