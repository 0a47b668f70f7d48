// ctx.ui: what a person is asked and shown goes through hearth. What only a terminal of pi's own could do has no effect.

// Colours are the terminal's affair: texts go out as they are.
export const plainTheme = new Proxy(
    { name: "plain", fg: (_colour, text) => text, bg: (_colour, text) => text, getColorMode: () => "none" },
    { get: (target, name) => target[name] ?? ((text) => (typeof text === "string" ? text : "")) },
);

// One signal of two; `ended` takes back the clock.
function limited(options) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    options?.signal?.addEventListener("abort", abort, { once: true });
    if (options?.signal?.aborted) stop.abort();
    const clock = options?.timeout > 0 ? setTimeout(abort, options.timeout) : undefined;
    return {
        signal: stop.signal,
        ended() {
            clearTimeout(clock);
            options?.signal?.removeEventListener("abort", abort);
        },
    };
}

export function makeUi(connection) {
    async function ask(params, options) {
        const limit = limited(options);
        try {
            const timeout = options?.timeout > 0 ? { timeout: Math.round(options.timeout) } : {};
            return (await connection.request("ui", { ...params, ...timeout }, limit.signal)) ?? { cancelled: true };
        } finally {
            limit.ended();
        }
    }
    const show = (params) => connection.notify("ui", params);
    const value = (answer) => (answer.cancelled ? undefined : answer.value);
    const nothing = () => {};
    return {
        select: async (title, choices, options) => value(await ask({ method: "select", title, options: choices }, options)),
        confirm: async (title, message, options) => (await ask({ method: "confirm", title, message }, options)).confirmed === true,
        input: async (title, placeholder, options) => value(await ask({ method: "input", title, placeholder }, options)),
        editor: async (title, prefill) => value(await ask({ method: "editor", title, prefill })),
        notify: (message, level = "info") => show({ method: "notify", message: String(message), notifyType: level }),
        setStatus: (key, text) => show({ method: "setStatus", statusKey: key, statusText: text }),
        setWidget(key, lines, options) {
            // A component draws on a terminal of pi's own.
            if (typeof lines === "function") return;
            show({ method: "setWidget", widgetKey: key, widgetLines: lines, widgetPlacement: options?.placement });
        },
        setTitle: (title) => show({ method: "setTitle", title }),
        setEditorText: (text) => show({ method: "set_editor_text", text }),
        pasteToEditor: (text) => show({ method: "set_editor_text", text }),
        getEditorText: () => "",
        custom: async () => undefined,
        onTerminalInput: () => nothing,
        getEditorComponent: () => undefined,
        getAllThemes: () => [],
        getTheme: () => undefined,
        setTheme: () => ({ success: false, error: "hearth has themes of its own: /theme" }),
        getToolsExpanded: () => false,
        theme: plainTheme,
        setWorkingMessage: nothing,
        setWorkingVisible: nothing,
        setWorkingIndicator: nothing,
        setHiddenThinkingLabel: nothing,
        setFooter: nothing,
        setHeader: nothing,
        addAutocompleteProvider: nothing,
        setEditorComponent: nothing,
        setToolsExpanded: nothing,
    };
}
