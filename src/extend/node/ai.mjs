// In place of @earendil-works/pi-ai: what tools of extensions need of it. Requests to models are hearth's.
import { randomBytes } from "node:crypto";
import { Type } from "./typebox.mjs";

export { Type };

export const StringEnum = (values, options) => ({ type: "string", enum: [...values], ...options });

// RFC 9562: 48 bits of milliseconds, the version, random bits.
export function uuidv7() {
    const bytes = randomBytes(16);
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
