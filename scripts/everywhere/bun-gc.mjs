// Bun calls its collector by a name of its own, and has no flag for the one that tests use.
globalThis.gc = () => Bun.gc(true);
