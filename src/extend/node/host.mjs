// Runs extensions that were written for pi (a default function that gets an ExtensionAPI) and speaks hearth's extension protocol for them:
// JSON-RPC 2.0, one message a line, on standard input and output. docs/extensions.md describes it.
//
//     node host.mjs FILE...
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Extensions } from "./api.mjs";
import { connect } from "./bridge.mjs";
import { install } from "./loader.mjs";

const PROTOCOL = 1;
const LEAST_NODE = [22, 18];

// Whatever an extension prints is no message.
process.stdout.write = process.stderr.write.bind(process.stderr);
for (const name of ["log", "info", "debug"]) console[name] = (...words) => console.error(...words);

const waiting = new Map(); // our requests by id
const running = new Map(); // theirs by id: what stops them
let lastId = 0;

function send(message) {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n";
    let rest = Buffer.from(text);
    while (rest.length > 0) {
        try {
            rest = rest.subarray(fs.writeSync(1, rest));
        } catch (error) {
            if (error.code !== "EAGAIN") throw error;
        }
    }
}

const connection = {
    notify: (method, params = {}) => send({ method, params }),

    // Resolves with the result. When `signal` is aborted hearth is told, and it resolves with undefined.
    request(method, params = {}, signal) {
        const id = ++lastId;
        return new Promise((resolve, reject) => {
            const cancel = () => {
                waiting.delete(id);
                connection.notify("cancel", { id });
                resolve(undefined);
            };
            if (signal?.aborted) return resolve(undefined);
            signal?.addEventListener("abort", cancel, { once: true });
            waiting.set(id, {
                resolve: (value) => {
                    signal?.removeEventListener("abort", cancel);
                    resolve(value);
                },
                reject,
            });
            send({ id, method, params });
        });
    },
};

connect(connection);
const extensions = new Extensions(connection);

async function load(files, params) {
    const [major, minor] = process.versions.node.split(".").map(Number);
    if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]))
        throw new Error(`pi's extensions need Node ${LEAST_NODE.join(".")} or newer, and this is ${process.version}: set HEARTH_NODE to a newer one`);
    extensions.begin(params);
    install();
    for (const file of files) {
        const loaded = await import(pathToFileURL(path.resolve(file)).href);
        let factory = loaded.default;
        if (factory && typeof factory !== "function" && typeof factory.default === "function") factory = factory.default;
        if (typeof factory !== "function") throw new Error(`${file} does not export a function as its default`);
        await factory(extensions.api(path.resolve(file)));
    }
    return { protocol: PROTOCOL, ...extensions.declaration() };
}

const methods = {
    initialize: (params) => load(process.argv.slice(2), params),
    event: (params, signal) => extensions.decide(params, signal),
    tool: (params, signal, id) => extensions.runTool(params, signal, (content) => connection.notify("progress", { id, content })),
    command: (params, signal) => extensions.runCommand(params, signal),
    shutdown: () => ({}),
};

const notifications = {
    event: (params) => extensions.hear(params),
    session: (params) => extensions.session.take(params),
    tools: (params) => extensions.takeTools(params.tools),
    cancel: (params) => running.get(params.id)?.abort(),
};

async function answer({ id, method, params }) {
    const stop = new AbortController();
    running.set(id, stop);
    try {
        if (!Object.hasOwn(methods, method)) throw new Error(`there is no method ${method}`);
        extensions.takeContext(params);
        send({ id, result: (await methods[method](params, stop.signal, id)) ?? {} });
    } catch (error) {
        console.error(error);
        const text = error instanceof Error ? error.message : String(error);
        send({ id, error: { code: -32000, message: text } });
    } finally {
        running.delete(id);
    }
    if (method === "shutdown") process.exit(0);
}

function take(line) {
    if (line.trim() === "") return;
    const message = JSON.parse(line);
    if (message.method === undefined) {
        const call = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) call?.reject(new Error(message.error.message));
        else call?.resolve(message.result);
    } else if (message.id === undefined) {
        if (Object.hasOwn(notifications, message.method)) notifications[message.method](message.params ?? {});
    } else {
        answer({ params: {}, ...message });
    }
}

let buffered = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (piece) => {
    buffered += piece;
    const lines = buffered.split("\n");
    buffered = lines.pop();
    for (const line of lines) take(line);
});
process.stdin.on("end", () => process.exit(0));
// A mistake in something that an extension left running is no reason to end the others.
process.on("unhandledRejection", (error) => console.error(error));
process.on("uncaughtException", (error) => console.error(error));
