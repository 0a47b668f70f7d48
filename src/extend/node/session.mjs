// The session as extensions read it: a copy that hearth keeps up to date.
export class Session {
    #id = "";
    #file = undefined;
    #entries = [];
    #byId = new Map();
    #leaf = null;

    constructor(cwd) {
        this.cwd = cwd;
    }

    // {id, file?, reset, leaf, entries}: what is new.
    take(news) {
        if (news.reset) {
            this.#entries = [];
            this.#byId.clear();
        }
        this.#id = news.id;
        this.#file = news.file;
        this.#leaf = news.leaf || null;
        for (const entry of news.entries) {
            this.#entries.push(entry);
            this.#byId.set(entry.id, entry);
        }
    }

    getSessionId() {
        return this.#id;
    }

    getSessionFile() {
        return this.#file;
    }

    getSessionDir() {
        return this.#file ? this.#file.slice(0, this.#file.lastIndexOf("/")) : "";
    }

    getCwd() {
        return this.cwd;
    }

    isPersisted() {
        return this.#file !== undefined;
    }

    getHeader() {
        return { type: "session", version: 3, id: this.#id, cwd: this.cwd };
    }

    getEntries() {
        return [...this.#entries];
    }

    getEntry(id) {
        return this.#byId.get(id);
    }

    getLeafId() {
        return this.#leaf;
    }

    getLeafEntry() {
        return this.#leaf ? this.#byId.get(this.#leaf) : undefined;
    }

    getChildren(id) {
        return this.#entries.filter((entry) => entry.parentId === id);
    }

    // From the root to an entry, with the state that was kept beside the conversation, in the order of the file.
    getBranch(from) {
        const on = new Set();
        for (let entry = this.#byId.get(from ?? this.#leaf); entry; entry = this.#byId.get(entry.parentId)) on.add(entry.id);
        return this.#entries.filter((entry) => on.has(entry.id) || (entry.type === "custom" && on.has(entry.parentId)));
    }

    getLabel(id) {
        return this.#entries.findLast((entry) => entry.type === "label" && entry.targetId === id)?.label;
    }

    getSessionName() {
        return this.#entries.findLast((entry) => entry.type === "session_info")?.name;
    }

    getTree() {
        const nodes = new Map(this.#entries.map((entry) => [entry.id, { entry, children: [], label: this.getLabel(entry.id) }]));
        const roots = [];
        for (const node of nodes.values()) (nodes.get(node.entry.parentId)?.children ?? roots).push(node);
        return roots;
    }

    buildSessionContext() {
        const messages = this.getBranch().filter((entry) => entry.type === "message").map((entry) => entry.message);
        return { messages, thinkingLevel: "off", model: null };
    }
}
