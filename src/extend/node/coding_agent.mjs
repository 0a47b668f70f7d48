// In place of @earendil-works/pi-coding-agent: the helpers that extensions import beside its types.
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { runOwnTool } from "./bridge.mjs";
import { plainTheme } from "./ui.mjs";

export const VERSION = "1.5.2";
export const CONFIG_DIR_NAME = ".pi";
export const DEFAULT_MAX_LINES = 2000;
export const DEFAULT_MAX_BYTES = 50 * 1024;
export const GREP_MAX_LINE_LENGTH = 500;

export const getAgentDir = () => process.env.PI_CODING_AGENT_DIR ?? path.join(os.homedir(), ".pi", "agent");
export const defineTool = (tool) => tool;
export const isToolCallEventType = (name, event) => event.toolName === name;

const isResultOf = (name) => (event) => event.toolName === name;
export const isBashToolResult = isResultOf("bash");
export const isReadToolResult = isResultOf("read");
export const isEditToolResult = isResultOf("edit");
export const isWriteToolResult = isResultOf("write");
export const isGrepToolResult = isResultOf("grep");
export const isFindToolResult = isResultOf("find");
export const isLsToolResult = isResultOf("ls");

export const getMarkdownTheme = () => plainTheme;
export const getSelectListTheme = () => plainTheme;
export const getSettingsListTheme = () => plainTheme;
export const keyText = () => "";
export const keyHint = (_key, description) => description;

export function formatSize(bytes) {
    if (bytes < 1024) return `${bytes}B`;
    return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}

// Whole lines within both limits, from one end of the text.
function truncate(text, options, fromEnd) {
    const maxLines = options.maxLines ?? DEFAULT_MAX_LINES;
    const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    const lines = text.split("\n");
    const total = { totalLines: lines.length, totalBytes: Buffer.byteLength(text), maxLines, maxBytes, lastLinePartial: false, firstLineExceedsLimit: false };
    if (lines.length <= maxLines && total.totalBytes <= maxBytes)
        return { content: text, truncated: false, truncatedBy: null, outputLines: lines.length, outputBytes: total.totalBytes, ...total };
    const kept = [];
    let bytes = 0;
    let truncatedBy = "lines";
    for (const line of fromEnd ? lines.reverse() : lines) {
        if (kept.length === maxLines) break;
        const size = Buffer.byteLength(line) + (kept.length > 0 ? 1 : 0);
        if (bytes + size > maxBytes) {
            truncatedBy = "bytes";
            total.firstLineExceedsLimit = kept.length === 0 && !fromEnd;
            break;
        }
        bytes += size;
        kept.push(line);
    }
    if (fromEnd) kept.reverse();
    return { content: kept.join("\n"), truncated: true, truncatedBy, outputLines: kept.length, outputBytes: bytes, ...total };
}

export const truncateHead = (text, options = {}) => truncate(text, options, false);
export const truncateTail = (text, options = {}) => truncate(text, options, true);

export function truncateLine(line, most = GREP_MAX_LINE_LENGTH) {
    return line.length <= most ? { text: line, wasTruncated: false } : { text: `${line.slice(0, most)}... [truncated]`, wasTruncated: true };
}

// Changes of one file, one after the other.
const queues = new Map();

export async function withFileMutationQueue(file, change) {
    const key = await fs.realpath(file).catch(() => path.resolve(file));
    const before = queues.get(key) ?? Promise.resolve();
    const mine = before.then(change, change);
    queues.set(
        key,
        mine.catch(() => {}),
    );
    return mine;
}

// "---" lines around "key: value" lines, then the text.
export function parseFrontmatter(text) {
    const found = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(text);
    if (!found) return { frontmatter: {}, body: text };
    const frontmatter = {};
    for (const line of found[1].split("\n")) {
        const [, key, value] = /^([\w-]+):\s*(.*?)\s*$/.exec(line) ?? [];
        if (key) frontmatter[key] = value.replace(/^(["'])(.*)\1$/, "$2");
    }
    return { frontmatter, body: found[2] };
}

export const stripFrontmatter = (text) => parseFrontmatter(text).body;

const textOf = (content) => (typeof content === "string" ? content : (content ?? []).filter((block) => block.type === "text").map((block) => block.text).join("\n"));

export const convertToLlm = (messages) => messages.filter((message) => ["user", "assistant", "toolResult"].includes(message.role));
export const serializeConversation = (messages) => messages.map((message) => `[${message.role}]\n${textOf(message.content)}`).join("\n\n");

// hearth's own tools under the names of pi's makers. They run in hearth, contained: other ways to files and commands cannot be given to them.
const TOOLS = {
    read: ["path", ["offset", "limit"]],
    write: ["path,content", []],
    edit: ["path", ["edits"]],
    bash: ["command", ["timeout"]],
    grep: ["pattern", ["path", "glob", "ignoreCase", "literal", "context", "limit"]],
    find: ["pattern", ["path", "limit"]],
    ls: ["", ["path", "limit"]],
};
const NUMBERS = new Set(["offset", "limit", "timeout", "context"]);

function ownTool(name) {
    const [needed, optional] = TOOLS[name];
    const all = [...needed.split(",").filter(Boolean), ...optional];
    const kind = (each) => (each === "edits" ? { type: "array", items: { type: "object" } } : { type: NUMBERS.has(each) ? "number" : ["ignoreCase", "literal"].includes(each) ? "boolean" : "string" });
    return (_cwd, options = {}) => {
        if (options.spawnHook) throw new Error(`${name} with a spawnHook is not available in hearth, which runs commands contained`);
        return definition(name, options, {
            type: "object",
            properties: Object.fromEntries(all.map((each) => [each, kind(each)])),
            required: needed.split(",").filter(Boolean),
        });
    };
}

function definition(name, options, parameters) {
    return {
        name,
        label: name,
        description: `${name} of hearth`,
        parameters,
        execute(_id, args, signal) {
            if (options.operations) throw new Error(`${name} with operations of its own is not available in hearth, whose tools run contained`);
            return runOwnTool(name, args, { signal });
        },
    };
}

export const createReadTool = ownTool("read");
export const createWriteTool = ownTool("write");
export const createEditTool = ownTool("edit");
export const createBashTool = ownTool("bash");
export const createGrepTool = ownTool("grep");
export const createFindTool = ownTool("find");
export const createLsTool = ownTool("ls");
export const createReadToolDefinition = createReadTool;
export const createWriteToolDefinition = createWriteTool;
export const createEditToolDefinition = createEditTool;
export const createBashToolDefinition = createBashTool;
export const createGrepToolDefinition = createGrepTool;
export const createFindToolDefinition = createFindTool;
export const createLsToolDefinition = createLsTool;
