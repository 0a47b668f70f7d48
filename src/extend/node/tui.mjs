// In place of @earendil-works/pi-tui: names of keys and widths of texts. Components are never drawn (ctx.ui.custom gives undefined), so that those
// which are not here are missed by nobody.
const modifiers = ["ctrl", "shift", "alt", "super"];
const written = (name) => name.replace(/([a-z])([A-Z])/g, "$1+$2").toLowerCase();

// Key.escape is "escape", Key.ctrlAlt("p") is "ctrl+alt+p".
export const Key = new Proxy(
    {},
    {
        get(_target, name) {
            const words = written(String(name)).split("+");
            return words.every((word) => modifiers.includes(word)) ? (key) => [...words, key].join("+") : String(name);
        },
    },
);

export const matchesKey = () => false;
export const isKeyRelease = () => false;
export const CURSOR_MARKER = "";

const SEQUENCE = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07/g;

// Columns of a text, where a character outside the first planes of Latin scripts takes two.
export const visibleWidth = (text) => [...text.replace(SEQUENCE, "")].reduce((sum, each) => sum + (each.codePointAt(0) >= 0x1100 ? 2 : 1), 0);

export function truncateToWidth(text, width, ellipsis = "…") {
    if (visibleWidth(text) <= width) return text;
    let out = "";
    for (const each of text.replace(SEQUENCE, "")) {
        if (visibleWidth(out + each + ellipsis) > width) break;
        out += each;
    }
    return out + ellipsis;
}
