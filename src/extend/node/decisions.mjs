// Events whose handlers decide something. Each takes the event, a function that runs the handlers in their order and gives their results to a
// function (which may end that by returning true), and the names of the tools that a model may call.

// What a handler put into the parts of the prompt that it may change, as text behind it.
function additions(options) {
    const parts = [];
    for (const [name, text] of Object.entries(options.sections ?? {})) if (text) parts.push(`<${name}>\n${text}\n</${name}>`);
    for (const rule of options.promptGuidelines ?? []) parts.push(`- ${rule}`);
    if (options.appendSystemPrompt) parts.push(options.appendSystemPrompt);
    return parts.join("\n");
}

export const decisions = {
    async tool_call(event, each) {
        const before = JSON.stringify(event.input);
        let blocked;
        try {
            await each((result) => {
                if (result?.block) blocked = { block: true, reason: result.reason, terminate: result.terminate };
                return blocked !== undefined;
            });
        } catch (error) {
            // Who decides and fails has not allowed anything.
            console.error(error);
            return { block: true, reason: `An extension failed to decide on this call: ${error.message}` };
        }
        if (blocked) return blocked;
        return JSON.stringify(event.input) === before ? {} : { input: event.input };
    },

    async tool_result(event, each) {
        const out = {};
        await each((result) => {
            for (const name of ["content", "details", "isError"]) {
                if (result?.[name] !== undefined) event[name] = out[name] = result[name];
            }
        });
        return out;
    },

    async input(event, each) {
        let out = { action: "continue" };
        await each((result) => {
            if (result?.action === "transform") {
                event.text = result.text;
                out = { action: "transform", text: result.text };
            }
            if (result?.action !== "handled") return false;
            out = { action: "handled" };
            return true;
        });
        return out;
    },

    async before_agent_start(event, each, tools) {
        const messages = [];
        const options = { selectedTools: [...tools.active], hiddenTools: [], toolSnippets: {}, toolGuidelines: {}, promptGuidelines: [], sections: {}, contextFiles: [], skills: [] };
        event.systemPromptOptions = options;
        await each((result) => {
            if (result?.message) messages.push(result.message);
            if (result?.systemPrompt !== undefined) event.systemPrompt = result.systemPrompt;
        });
        if (options.selectedTools.join() !== tools.active.join()) tools.activate(options.selectedTools);
        if (options.forceSystemPrompt) event.systemPrompt = options.forceSystemPrompt;
        const more = additions(options);
        return { messages, systemPrompt: more ? `${event.systemPrompt}\n\n${more}` : event.systemPrompt };
    },
};
