// What the browser keeps: conversations, each by itself so that two tabs do not undo each other's
// work, and what the person has chosen. Without storage it is kept as long as the page is open.
const kutipStore = (() => {
  const PREFIX = "kutip.conversation.";
  const MOST = 50;
  const memory = new Map();

  // Asked for inside the `try`: a browser that blocks storage throws when it is named.
  const lasting = () => localStorage;
  const ofTab = () => sessionStorage;

  const read = (key, area = lasting) => {
    try {
      return area().getItem(key) ?? memory.get(key) ?? null;
    } catch {
      return memory.get(key) ?? null;
    }
  };

  const write = (key, value, area = lasting) => {
    memory.set(key, value);
    try {
      area().setItem(key, value);
      return true;
    } catch {
      return false;
    }
  };

  const forget = (key) => {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept there.
    }
  };

  const keys = () => {
    const found = new Set([...memory.keys()]);
    try {
      Object.keys(localStorage).forEach((key) => found.add(key));
    } catch {
      // What is in memory is all there is.
    }
    return [...found].filter((key) => key.startsWith(PREFIX));
  };

  const parsed = (text, fallback) => {
    try {
      return JSON.parse(text) ?? fallback;
    } catch {
      return fallback;
    }
  };

  const conversation = (id) => {
    const found = parsed(read(PREFIX + id), null);
    return found && Array.isArray(found.turns) ? found : null;
  };

  // The newest first.
  const conversations = () =>
    keys()
      .map((key) => conversation(key.slice(PREFIX.length)))
      .filter((found) => found && found.turns.length)
      .sort((one, other) => other.updated - one.updated);

  const save = (kept) => {
    const text = JSON.stringify({ ...kept, updated: Date.now() });
    let older = conversations().filter((found) => found.id !== kept.id);
    older.slice(MOST - 1).forEach((found) => forget(PREFIX + found.id));
    older = older.slice(0, MOST - 1);
    // Where there is no room, the oldest make it.
    while (!write(PREFIX + kept.id, text) && older.length) forget(PREFIX + older.pop().id);
  };

  return {
    conversation,
    conversations,
    save,
    // What another tab made of a conversation; `current` gives the id of this one's.
    follow: (current, changed) =>
      addEventListener("storage", ({ key }) => {
        const found = key === PREFIX + current() && conversation(current());
        if (found) changed(found);
      }),
    remove: (id) => forget(PREFIX + id),
    create: () => ({
      id: Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) =>
        byte.toString(16).padStart(2, "0"),
      ).join(""),
      created: Date.now(),
      turns: [],
      shown: null,
      number: null,
    }),
    current: () => read("kutip.current", ofTab),
    setCurrent: (id) => write("kutip.current", id, ofTab),
    // A question that is not sent yet, over a reload of the page.
    draft: () => read("kutip.draft", ofTab) ?? "",
    keepDraft: (text) => write("kutip.draft", text, ofTab),
    choice: (name, fallback) => parsed(read(`kutip.${name}`), fallback),
    choose: (name, value) => write(`kutip.${name}`, JSON.stringify(value)),
  };
})();
