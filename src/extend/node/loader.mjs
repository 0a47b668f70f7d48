// Lets Node load what pi loads: TypeScript everywhere, imports without an ending, and pi's own packages, whose place shims of hearth take.
import fs from "node:fs";
import * as nodeModule from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as agentCore from "./agent_core.mjs";
import * as codingAgent from "./coding_agent.mjs";
import * as ai from "./ai.mjs";
import * as tui from "./tui.mjs";
import * as typebox from "./typebox.mjs";

const SHIMS = {
    "pi-coding-agent": ["./coding_agent.mjs", codingAgent],
    "pi-agent-core": ["./agent_core.mjs", agentCore],
    "pi-ai": ["./ai.mjs", ai],
    "pi-tui": ["./tui.mjs", tui],
    typebox: ["./typebox.mjs", typebox],
};
const SCHEME = "hearth-shim:";
const TYPESCRIPT = /\.[cm]?tsx?$/;
const ENDINGS = [".ts", ".mts", ".js", ".mjs", ".cjs", ".json", "/index.ts", "/index.js", "/index.mjs"];

// The name of the shim for a specifier; undefined for all else. Parts of a package ("pi-ai/compat") have one shim.
function shimOf(specifier) {
    const pi = /^@(?:earendil-works|mariozechner)\/(pi-[a-z-]+)(?:\/.*)?$/.exec(specifier);
    if (pi) return Object.hasOwn(SHIMS, pi[1]) ? pi[1] : undefined;
    return /^(?:@sinclair\/)?typebox(?:\/.*)?$/.test(specifier) ? "typebox" : undefined;
}

// Names that a module imports from each shim. What a shim lacks is an error when it is used, not when it is imported: often it is a type.
const wanted = new Map();

function note(url, source) {
    const found = new Map();
    for (const [, names, specifier] of source.matchAll(/\bimport\s+(?!type\b)(?:[\w$]+\s*,\s*)?\{([^}]*)\}\s*from\s*["']([^"']+)["']/g)) {
        const shim = shimOf(specifier);
        if (!shim) continue;
        const list = names.split(",").map((each) => each.trim().split(/\s+as\s+/)[0].trim()).filter((each) => each && !each.startsWith("type "));
        found.set(shim, [...(found.get(shim) ?? []), ...list]);
    }
    wanted.set(url, found);
}

function missing(shim, url) {
    const names = wanted.get(url)?.get(shim) ?? [];
    return [...new Set(names)].filter((name) => /^[\w$]+$/.test(name) && name !== "default" && !(name in SHIMS[shim][1]));
}

const isRelative = (specifier) => specifier.startsWith("./") || specifier.startsWith("../") || specifier.startsWith("/") || specifier.startsWith("file:");

// "./tools" and "./tools.js" may stand for ./tools.ts.
function guess(specifier, parent) {
    const base = specifier.startsWith("file:") ? fileURLToPath(specifier) : path.resolve(path.dirname(fileURLToPath(parent)), specifier);
    const stems = [base, base.replace(/\.([cm]?)js$/, "")];
    for (const stem of stems) {
        for (const ending of ENDINGS) {
            if (fs.statSync(stem + ending, { throwIfNoEntry: false })?.isFile()) return stem + ending;
        }
    }
    return undefined;
}

function resolve(specifier, context, next) {
    const shim = shimOf(specifier);
    if (shim === "typebox") {
        try {
            return next(specifier, context);
        } catch {
            // There is none beside the extension.
        }
    }
    if (shim) {
        const names = missing(shim, context.parentURL);
        return { url: `${SCHEME}${shim}?${names.join(",")}`, format: "module", shortCircuit: true };
    }
    try {
        return next(specifier, context);
    } catch (error) {
        const file = isRelative(specifier) && context.parentURL?.startsWith("file:") ? guess(specifier, context.parentURL) : undefined;
        if (!file) throw error;
        return next(file, context);
    }
}

function shimSource(url) {
    const [name, names] = url.slice(SCHEME.length).split("?");
    const file = new URL(SHIMS[name][0], import.meta.url).href;
    const lines = [`export * from ${JSON.stringify(file)};`, `import { absent } from ${JSON.stringify(new URL("./absent.mjs", import.meta.url).href)};`];
    for (const each of names ? names.split(",") : []) lines.push(`export const ${each} = absent(${JSON.stringify(`${each} of ${name}`)});`);
    return lines.join("\n");
}

// What pi's loader gives a module besides ECMAScript, on its first line, so that the numbers of lines stay.
function withCommonNames(source) {
    const used = (name) => new RegExp(`\\b${name}\\b`).test(source) && !new RegExp(`\\b(?:const|let|var|function|import)\\s+\\{?[^;\\n]*\\b${name}\\b`).test(source);
    let head = "";
    if (used("__filename")) head += "const __filename = import.meta.filename; ";
    if (used("__dirname")) head += "const __dirname = import.meta.dirname; ";
    if (used("require")) head += 'import { createRequire as hearthRequire } from "node:module"; const require = hearthRequire(import.meta.url); ';
    return source.startsWith("#!") ? source : head + source;
}

function javaScript(source, url) {
    try {
        return nodeModule.stripTypeScriptTypes(source, { mode: "transform" });
    } catch (error) {
        // Later versions of Node only take types away.
        if (error.code !== "ERR_INVALID_ARG_VALUE") throw new Error(`${fileURLToPath(url)}: ${error.message}`);
        return nodeModule.stripTypeScriptTypes(source);
    }
}

function load(url, context, next) {
    if (url.startsWith(SCHEME)) return { format: "module", source: shimSource(url), shortCircuit: true };
    if (!url.startsWith("file:")) return next(url, context);
    const clean = url.replace(/[?#].*$/, "");
    if (!TYPESCRIPT.test(clean)) {
        const loaded = next(url, context);
        if (loaded.format === "module" && loaded.source) note(url, loaded.source.toString());
        return loaded;
    }
    const source = fs.readFileSync(fileURLToPath(clean), "utf8");
    note(url, source);
    const text = javaScript(source, clean);
    if (clean.endsWith(".cts")) return { format: "commonjs", source: text, shortCircuit: true };
    return { format: "module", source: withCommonNames(text), shortCircuit: true };
}

export function install() {
    // Node says of each kind of module of this file that it is new to it.
    process.removeAllListeners("warning");
    process.on("warning", (warning) => {
        if (warning.name !== "ExperimentalWarning") console.error(warning);
    });
    nodeModule.registerHooks({ resolve, load });
}
