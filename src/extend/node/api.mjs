// The ExtensionAPI of pi 1.5.2 on hearth's protocol: what extensions register, the events that they are told of, and what they ask for.
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { checkedArguments } from "./arguments.mjs";
import { runOwnTool } from "./bridge.mjs";
import { decisions } from "./decisions.mjs";
import { Session } from "./session.mjs";
import { makeUi } from "./ui.mjs";

// What hearth calls some of pi's events.
const SOURCES = { session_compact: "compaction_end", session_compact_failed: "compaction_end" };
const MOST_OUTPUT = 16 << 20;

const textOf = (content) => (typeof content === "string" ? content : content.map((block) => block.text ?? `[${block.type}]`).join("\n"));

function run(command, args, options = {}) {
    return new Promise((resolve) => {
        const child = spawn(command, args, { cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"], signal: options.signal, timeout: options.timeout });
        const output = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"]) {
            child[name].setEncoding("utf8");
            child[name].on("data", (piece) => {
                if (output[name].length < MOST_OUTPUT) output[name] += piece;
            });
        }
        child.on("error", (error) => (output.stderr += error.message));
        child.on("close", (code) => resolve({ ...output, code: code === null ? 1 : code < 0 ? 127 : code, killed: child.killed }));
    });
}

export class Extensions {
    #connection;
    #facts = {};
    #context = { idle: true, model: null };
    #handlers = new Map();
    #tools = new Map();
    #commands = new Map();
    #flags = new Map();
    #known = []; // all tools of the session
    #declared = false;
    #turn = -1;
    #bus = new EventEmitter();
    #ui;
    session = new Session("");

    constructor(connection) {
        this.#connection = connection;
        this.#ui = makeUi(connection);
    }

    begin(facts) {
        this.#facts = facts;
        this.session = new Session(facts.cwd);
        this.#known = facts.tools ?? [];
    }

    takeContext(params) {
        if (params.context) this.#context = params.context;
    }

    takeTools(tools) {
        this.#known = tools;
    }

    declaration() {
        this.#declared = true;
        return {
            tools: [...this.#tools.values()].map(declared),
            commands: [...this.#commands].map(([name, { description }]) => ({ name, description })),
            flags: [...this.#flags].map(([name, { description, type }]) => ({ name, description, type })),
            events: [...this.#handlers.keys()].map((name) => SOURCES[name] ?? name),
            session: true,
        };
    }

    #register(more) {
        if (this.#declared) this.#connection.notify("register", more);
    }

    #on(name, handler) {
        if (!this.#handlers.has(name)) {
            this.#handlers.set(name, []);
            this.#register({ events: [SOURCES[name] ?? name] });
        }
        this.#handlers.get(name).push(handler);
        return () => {
            const all = this.#handlers.get(name);
            const at = all.indexOf(handler);
            if (at >= 0) all.splice(at, 1);
        };
    }

    #command(command) {
        return this.#connection.request("session", { command });
    }

    // Where pi answers at once and hearth later, what goes wrong is told to a person.
    #tell(promise) {
        promise.catch((error) => this.#ui.notify(error.message, "error"));
    }

    #say(text, options) {
        if (!this.#context.idle && !options?.deliverAs) throw new Error("The agent is busy: say with deliverAs when this is to be told");
        const type = this.#context.idle ? "prompt" : options.deliverAs === "followUp" ? "follow_up" : "steer";
        this.#tell(this.#command({ type, message: text }));
    }

    #allTools() {
        const own = [...this.#tools.values()].filter((tool) => !this.#known.some((known) => known.name === tool.name));
        return [...this.#known, ...own.map((tool) => ({ ...declared(tool), active: true }))];
    }

    #active() {
        return this.#allTools().filter((tool) => tool.active).map((tool) => tool.name);
    }

    api(file) {
        const connection = this.#connection;
        return {
            on: (name, handler) => this.#on(name, handler),
            registerTool: (tool) => {
                this.#tools.set(tool.name, tool);
                this.#register({ tools: [declared(tool)] });
            },
            registerCommand: (name, options) => {
                this.#commands.set(name, options);
                this.#register({ commands: [{ name, description: options.description }] });
            },
            registerFlag: (name, options) => {
                this.#flags.set(name, options);
                this.#register({ flags: [{ name, description: options.description, type: options.type }] });
            },
            getFlag: (name) => this.#flag(name),
            sendMessage: (message, options = {}) =>
                this.#tell(connection.request("send_message", { ...message, triggerTurn: options.triggerTurn, deliverAs: options.deliverAs })),
            sendUserMessage: (content, options) => this.#say(textOf(content), options),
            appendEntry: (customType, data) => this.#tell(connection.request("append_entry", { customType, data: data ?? null })),
            setSessionName: (name) => this.#tell(this.#command({ type: "set_session_name", name })),
            getSessionName: () => this.session.getSessionName(),
            setLabel: (entryId, label) => this.#tell(connection.request("set_label", { entryId, label })),
            exec: (command, args, options) => run(command, args, { cwd: this.#facts.cwd, ...options }),
            getActiveTools: () => this.#active(),
            getAllTools: () => this.#allTools().map(({ active, ...tool }) => ({ ...tool, sourceInfo: { path: file, source: "hearth" } })),
            setActiveTools: (names) => this.#activate(names),
            getCommands: () => [...this.#commands].map(([name, { description }]) => ({ name, description, source: "extension", sourceInfo: { path: file } })),
            setModel: async (model) => {
                await this.#command({ type: "set_model", provider: model.provider, modelId: model.id });
                return true;
            },
            getThinkingLevel: () => "off",
            setThinkingLevel() {},
            getSettings: () => ({}),
            getMcpServers: () => [],
            registerShortcut() {},
            registerMessageRenderer() {},
            registerMarkdownTransformer() {},
            registerEntryRenderer() {},
            registerToolRenderer() {},
            registerProvider: (name) => this.#lacks(file, `the provider ${typeof name === "string" ? name : name?.id}`),
            unregisterProvider() {},
            registerVirtualModel: () => this.#lacks(file, "a virtual model"),
            unregisterVirtualModel() {},
            registerMcpServer: (name) => this.#lacks(file, `the MCP server ${name}`),
            unregisterMcpServer() {},
            events: {
                emit: (name, data) => this.#bus.emit(name, data),
                on: (name, handler) => {
                    this.#bus.on(name, handler);
                    return () => this.#bus.off(name, handler);
                },
            },
        };
    }

    #lacks(file, what) {
        this.#ui.notify(`${file}: ${what} is not used; hearth takes models from its own list`, "warning");
    }

    #flag(name) {
        const flag = this.#flags.get(name);
        const given = this.#facts.flags?.[name];
        if (given === undefined) return flag?.default;
        return flag?.type === "string" ? given : given !== "false";
    }

    #contextFor(signal) {
        const { session } = this;
        const facts = this.#facts;
        const model = this.#context.model ?? undefined;
        const fail = () => Promise.reject(new Error("hearth's extensions have no requests to models of their own"));
        return {
            ui: this.#ui,
            mode: facts.mode,
            hasUI: facts.hasUI,
            cwd: facts.cwd,
            sessionManager: session,
            modelRegistry: {
                find: (provider, id) => (model?.provider === provider && model?.id === id ? model : undefined),
                findOfType: () => undefined,
                getAll: () => (model ? [model] : []),
                getAvailable: () => (model ? [model] : []),
                hasConfiguredAuth: () => false,
                complete: fail,
                streamSimple: fail,
                classify: fail,
            },
            model,
            scopedModels: [],
            thinkingLevel: "off",
            signal,
            isIdle: () => this.#context.idle,
            isProjectTrusted: () => facts.trusted,
            hasPendingMessages: () => false,
            abort: () => this.#tell(this.#command({ type: "abort" })),
            shutdown: () => this.#ui.notify("An extension asked to end: ctrl+d does", "info"),
            getContextUsage: () => usage(session, model),
            compact: (options = {}) =>
                void this.#command({ type: "compact", customInstructions: options.customInstructions }).then(
                    (result) => options.onComplete?.(result),
                    (error) => options.onError?.(error),
                ),
            getSystemPrompt: () => textOf(session.getBranch().find((entry) => entry.message?.role === "system")?.message.content ?? ""),
        };
    }

    #commandContext(signal) {
        const cancelled = (data) => ({ cancelled: data?.cancelled ?? true });
        return {
            ...this.#contextFor(signal),
            waitForIdle: async () => {
                while (!this.#context.idle) await new Promise((resolve) => setTimeout(resolve, 50));
            },
            newSession: async (options) => cancelled(await this.#command({ type: "new_session", parentSession: options?.parentSession })),
            fork: async (entryId) => cancelled(await this.#command({ type: "fork", entryId })),
            switchSession: async (sessionPath) => cancelled(await this.#command({ type: "switch_session", sessionPath })),
            navigateTree: async () => ({ cancelled: true }),
            reload: async () => this.#ui.notify("Extensions are loaded when hearth starts: start it again", "info"),
        };
    }

    async #each(name, event, signal, take = () => {}) {
        for (const handler of this.#handlers.get(name) ?? []) {
            if (take(await handler(event, this.#contextFor(signal)))) return;
        }
    }

    // An event that waits for what extensions make of it.
    decide(params, signal) {
        const { context, ...event } = params;
        const decide = Object.hasOwn(decisions, event.type) ? decisions[event.type] : undefined;
        const each = (take) => this.#each(event.type, event, signal, take);
        const tools = { active: this.#active(), activate: (names) => this.#activate(names) };
        return decide ? decide(event, each, tools) : each();
    }

    #activate(names) {
        this.#known = this.#allTools().map((tool) => ({ ...tool, active: names.includes(tool.name) }));
        this.#tell(this.#connection.request("set_active_tools", { names }));
    }

    // One that is only told.
    async hear(event) {
        if (event.type === "agent_start") this.#turn = -1;
        if (event.type === "agent_start" || event.type === "turn_start") this.#context.idle = false;
        if (event.type === "agent_settled") this.#context.idle = true;
        if (event.type === "turn_start") Object.assign(event, { turnIndex: ++this.#turn, timestamp: Date.now() });
        if (event.type === "turn_end") Object.assign(event, { turnIndex: this.#turn, entries: [], continue: false });
        const names = event.type === "compaction_end" ? [event.result ? "session_compact" : "session_compact_failed"] : [event.type];
        for (const name of names) {
            try {
                await this.#each(name, { ...event, type: name, fromExtension: false }, undefined);
            } catch (error) {
                console.error(error);
                this.#ui.notify(`${name}: ${error.message}`, "error");
            }
        }
    }

    async runTool({ name, toolCallId, arguments: given }, signal, onContent) {
        const tool = this.#tools.get(name);
        if (!tool) throw new Error(`there is no tool ${name}`);
        try {
            const prepared = tool.prepareArguments ? tool.prepareArguments(given) : given;
            const args = checkedArguments(tool.parameters, prepared);
            const context = { ...this.#contextFor(signal), executeTool: runOwnTool };
            const result = await tool.execute(toolCallId, args, signal, (partial) => onContent(partial.content), context);
            return { content: result.content, details: result.details, isError: result.isError === true, terminate: result.terminate === true };
        } catch (error) {
            return { content: error instanceof Error ? error.message : String(error), isError: true };
        }
    }

    async runCommand({ name, arguments: args }, signal) {
        const command = this.#commands.get(name);
        if (!command) throw new Error(`there is no command ${name}`);
        await command.handler(args, this.#commandContext(signal));
    }
}

function declared(tool) {
    return { name: tool.name, description: tool.description, parameters: tool.parameters };
}

// Of the last answer, which is what the context takes now.
function usage(session, model) {
    const last = session.getBranch().findLast((entry) => entry.message?.role === "assistant" && entry.message.usage)?.message.usage;
    if (!model?.contextWindow) return undefined;
    const tokens = last ? last.totalTokens : null;
    return { tokens, contextWindow: model.contextWindow, percent: tokens === null ? null : (100 * tokens) / model.contextWindow };
}
