"""The servers that proxy_bench.py compares, and the engine behind them."""

import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

from latency_bench import request_bytes, tcp
from load_bench import memory_mib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PINS = pathlib.Path(__file__).with_name("requirements-litellm-proxy.txt")
LITELLM = ROOT / "build/bench-litellm"
SLOTS = 4
PATIENCE = 120  # seconds for a start
# What LiteLLM would fetch when it starts, or tell; and that it needs no key, as hearth serve on 127.0.0.1.
SETTINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_TELEMETRY_DISABLED": "True",
    "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "True",
}


def installed():
    mark = LITELLM / "installed"
    return mark.is_file() and mark.read_text() == PINS.read_text()


def install():
    """LiteLLM into a virtual environment. Debian's Python makes none with a pip of its own, so the pip at hand fills it."""
    pip = [sys.executable, "-m", "pip", "--python", str(LITELLM / "bin/python"), "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(LITELLM)], check=True)
    subprocess.run([*pip, "--require-hashes", "--requirement", str(PINS)], check=True)
    (LITELLM / "installed").write_text(PINS.read_text())


def litellm_version():
    return re.search(r"^litellm==(\S+)", PINS.read_text(), re.MULTILINE)[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def stream_ms(connection, message):
    """Milliseconds from a request to the first byte of its stream; reads the rest."""
    seen, took = b"", None
    begun = time.perf_counter()
    connection.sendall(message)
    while not seen.endswith(b"\r\n0\r\n\r\n"):
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError(f"the answer broke off: {seen[-300:]!r}")
        seen += piece
        if took is None and b"\ndata: " in seen:
            took = (time.perf_counter() - begun) * 1000
    if b"[DONE]" not in seen:
        raise RuntimeError(f"no stream: {seen[-300:]!r}")
    return took


class Running:
    """A server on a port of its own, and what it wrote."""

    def __init__(self, command, port, path, log, **more):
        self.port, self.kept = port, None
        begun = time.monotonic()
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **more)
        try:
            while not self.answers(path):
                if self.process.poll() is not None or time.monotonic() - begun > PATIENCE:
                    raise RuntimeError(f"{command[0]} does not answer: {log.read_text(errors='replace')[-1000:]}")
                time.sleep(0.003)
        except BaseException:
            self.end()
            raise
        self.start_s = time.monotonic() - begun

    def answers(self, path):
        with contextlib.suppress(OSError), tcp(self.port) as connection:
            connection.sendall(request_bytes(path))
            return connection.recv(65536).startswith(b"HTTP/1.1 200")
        return False

    def first_byte_ms(self, message):
        """Milliseconds to the first byte of a stream, on a connection that is kept where the server keeps it."""
        if self.kept:
            # llama-server ends one after a hundred requests, LiteLLM one that has waited for 5 s.
            with contextlib.suppress(ConnectionError):
                return stream_ms(self.kept, message)
            self.kept.close()
        self.kept = tcp(self.port)
        return stream_ms(self.kept, message)

    def memory_mib(self):
        pids, memory = [self.process.pid], 0
        for pid in pids:
            with contextlib.suppress(OSError, TypeError):  # it has ended meanwhile
                for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                    pids += map(int, (task / "children").read_text().split())
                memory += memory_mib(pid)
        return memory

    def end(self):
        if self.kept:
            self.kept.close()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_engine(program, model, folder):
    """A llama-server with the variant that hearth uses on this machine."""

    def asked(*arguments):
        said = subprocess.run([program, *arguments, "--json"], capture_output=True, text=True)
        return json.loads(said.stdout or "{}")

    file = asked("show", model).get("file")
    chosen = next((each for each in asked("doctor").get("engines", []) if each["chosen"]), None)
    if not file or not chosen:
        raise RuntimeError(f"there is no engine, or no model: hearth doctor; hearth pull {model}")
    home = os.environ.get("HEARTH_HOME")
    data = pathlib.Path(home) / "data" if home else pathlib.Path.home() / ".local/share/hearth"
    server, backend = pathlib.Path(chosen["engine"]), folder
    if chosen["variant"] != "own":
        build = data / "engines" / chosen["engine"]
        server, backend = build / "bin/llama-server", build / "cpu" / chosen["variant"].split("+")[-1]
    port = free_port()
    command = [str(server), "--model", file, "--alias", model, "--host", "127.0.0.1", "--port", str(port), "--jinja"]
    # A core stays free: threads of an engine that wait for each other make each disturbance a long one.
    threads = max(1, (os.cpu_count() or 2) - 1)
    command += ["--ctx-size", str(2048 * SLOTS), "--parallel", str(SLOTS), "--threads", str(threads)]
    return Running(command, port, "/health", folder / "engine.log", cwd=backend)


class Hearth:
    small = "/api/version"

    def __init__(self, options, folder, upstreams):
        self.program, self.folder = options.program, folder / "hearth"
        config = self.folder / "config"
        config.mkdir(parents=True)
        remotes = [
            f'[[remote]]\nname = "remote-{port}"\nurl = "http://127.0.0.1:{port}/v1"\nmodels = ["{model}"]\nslots = {slots}\n'
            for model, port, slots in upstreams
        ]
        (config / "remotes.toml").write_text("\n".join(remotes))
        (config / "remotes.toml").chmod(0o600)

    def start(self):
        port = free_port()
        environment = {**os.environ, "HEARTH_HOME": str(self.folder)}
        command = [self.program, "serve", "--listen", f"127.0.0.1:{port}"]
        return Running(command, port, self.small, self.folder / "log", env=environment)


class LiteLlm:
    small = "/health/liveliness"

    def __init__(self, _, folder, upstreams):
        self.folder = folder / "litellm"
        self.folder.mkdir()
        models = [
            {"model_name": model, "litellm_params": {"model": f"openai/{model}", "api_base": f"http://127.0.0.1:{port}/v1", "api_key": "unused"}}
            for model, port, _ in upstreams
        ]
        (self.folder / "config.yaml").write_text(json.dumps({"model_list": models}))

    def start(self):
        port = free_port()
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **SETTINGS}
        command = [str(LITELLM / "bin/litellm"), "--config", "config.yaml", "--host", "127.0.0.1", "--port", str(port)]
        return Running(command, port, self.small, self.folder / "log", env=environment, cwd=self.folder)
