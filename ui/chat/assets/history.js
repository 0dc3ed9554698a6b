// The earlier conversations of this browser, as a list.
const kutipHistory = (kutip, talk) => {
  const { word } = kutip;
  const asked = (count) => word(count === 1 ? "question_count_one" : "question_count", { count });
  const list = document.getElementById("kutip-conversations");
  if (!list) return;
  const items = kutipStore.conversations().map((found) => {
    const item = document.createElement("li");
    const open = document.createElement("button");
    open.type = "button";
    open.className = "past";
    open.dataset.do = "open";
    open.dataset.id = found.id;
    if (found.id === talk.id) open.setAttribute("aria-current", "true");
    const title = document.createElement("span");
    title.textContent = found.turns[0].question;
    title.lang = found.turns[0].language;
    const facts = document.createElement("span");
    facts.className = "meta";
    const when = new Date(found.updated).toLocaleString(document.documentElement.lang, {
      dateStyle: "medium",
      timeStyle: "short",
    });
    facts.textContent = `${when} · ${asked(found.turns.length)}`;
    open.append(title, facts);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "link";
    remove.textContent = word("remove");
    remove.dataset.do = "delete";
    remove.dataset.id = found.id;
    remove.setAttribute("aria-label", `${word("remove")}: ${found.turns[0].question}`);
    item.append(open, remove);
    return item;
  });
  if (!items.length) {
    const none = document.createElement("li");
    none.className = "hint";
    none.textContent = word("no_history");
    items.push(none);
  }
  list.replaceChildren(...items);
};
