// In place of @earendil-works/pi-agent-core, of which extensions use types alone.
export {};
