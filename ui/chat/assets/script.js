// The page in the browser: it holds the conversation, and asks the server for everything shown.
// Text of people and articles comes as HTML that the server escaped, or is set as plain text.
(() => {
  if (window.kutip) return;
  const NARROW = matchMedia("(max-width: 899px)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  const THEMES = ["auto", "light", "dark"];
  const words = JSON.parse(document.getElementById("kutip-words").textContent);
  const channels = new Map();
  const waiting = new Map();
  const box = (id) => document.getElementById(id);
  const saved = kutipStore.choice("locale", null);
  let locale = saved ?? (/^(id|in|ms)\b/i.test(navigator.language) ? "id" : "en");
  let theme = kutipStore.choice("theme", "auto");
  let excluded = kutipStore.choice("excluded", []);
  let talk = kutipStore.conversation(kutipStore.current()) ?? kutipStore.create();
  let articles = [];
  let version = "";
  let ready = false;
  let busy = null;
  let undoing = false;
  let serial = 0;
  let started = false;

  const word = (name, fields = {}) =>
    words[name][locale].replace(/\{(\w+)\}/g, (_, field) => fields[field] ?? "");

  const { announce, say, answered, confirmed, copy, download } = kutipTelling(word);

  // ---- Requests and replies

  const channel = (name, send, props, watch, upload) => {
    channels.set(name, { send, upload });
    watch("value", () => props.value && receive(name, JSON.parse(props.value)));
    if (name === "open") setTimeout(start);
  };

  const call = (name, values, step) => {
    const request = `${Date.now()}-${++serial}`;
    const { turns, shown } = talk;
    channels.get(name).send({ request, locale, turns, shown, excluded, ...values });
    return new Promise((resolve) =>
      waiting.set(request, (reply) => {
        if (step && !reply.failed && !step(reply)) return;
        waiting.delete(request);
        resolve(reply);
      }),
    );
  };

  const receive = (name, reply) => {
    if (reply.version) stand(reply);
    waiting.get(reply.request)?.(reply);
    // A page looks every few seconds, and is not to complain as often.
    if (reply.said && name !== "ask" && name !== "poll") say(reply.said);
  };

  // What the server tells of itself with many replies.
  const stand = (reply) => {
    const changed = articles.join() !== reply.articles.join();
    ({ version, ready, articles } = reply);
    box("kutip-status").textContent = reply.status;
    syncChoices();
    return changed;
  };

  const refresh = (values = {}) => call("open", { number: talk.number, ...values });

  const poll = () => {
    if (document.hidden || !started) return;
    const { turns, shown } = talk;
    const request = "poll";
    waiting.set(request, () => busy || refresh());
    channels.get("poll").send({ request, locale, turns, shown, excluded, version });
  };

  // ---- Language, light or dark, and which part is in view

  const translate = () => {
    document.documentElement.lang = locale;
    for (const item of document.querySelectorAll("[data-word]"))
      item.textContent = word(item.dataset.word, JSON.parse(item.dataset.fields ?? "{}"));
    for (const item of document.querySelectorAll("[data-word-label]")) {
      const name = item.dataset.do === "theme" ? `theme_${theme}` : item.dataset.wordLabel;
      item.setAttribute("aria-label", word(name));
      item.title = word(name);
    }
    for (const item of document.querySelectorAll("[data-word-placeholder]"))
      item.placeholder = word(item.dataset.wordPlaceholder);
    for (const item of document.querySelectorAll("[data-locale]"))
      item.setAttribute("aria-pressed", String(item.dataset.locale === locale));
    const log = box("kutip-conversation");
    log.setAttribute("role", "log");
    // Answers are read out once, from a place of their own, not word by word as they come.
    log.setAttribute("aria-live", "off");
    log.setAttribute("aria-label", word("conversation"));
    log.tabIndex = 0;
    for (const view of ["evidence", "library", "history"]) {
      box(`kutip-${view}`).setAttribute("role", "region");
      box(`kutip-${view}`).setAttribute("aria-label", word(view));
      box(`kutip-${view}`).tabIndex = 0;
    }
    connection.tell();
    listTalks();
  };

  const paint = () => {
    const dark = theme === "dark" || (theme === "auto" && DARK.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.body?.classList.toggle("dark", dark);
  };

  const show = (view, focus = false) => {
    document.documentElement.dataset.view = view;
    if (view !== "conversation") document.documentElement.dataset.side = view;
    const { side } = document.documentElement.dataset;
    for (const item of document.querySelectorAll(".views [data-view]"))
      item.setAttribute(
        "aria-current",
        String(item.dataset.view === (NARROW.matches ? view : side)),
      );
    if (focus) box(`kutip-${view}`)?.focus({ preventScroll: true });
  };

  // ---- The conversation

  const keep = () => {
    kutipStore.setCurrent(talk.id);
    if (talk.turns.length) kutipStore.save(talk);
    else kutipStore.remove(talk.id);
    document.documentElement.dataset.empty = String(!talk.turns.length && !busy);
    listTalks();
  };

  const ask = async (question) => {
    if (busy || !question.trim()) return;
    const own = (busy = { question });
    document.documentElement.dataset.busy = "true";
    show(NARROW.matches ? "conversation" : "evidence");
    keep();
    const input = box("kutip-question");
    const reply = await call("ask", { question }, (step) => {
      // Only now has the server got it.
      if (input.value === question) input.value = "";
      return step.phase === "done";
    });
    if (busy !== own) return;
    if (reply.failed) {
      interrupted();
      say(reply.said);
      return;
    }
    idle();
    talk.turns.push(reply.turn);
    talk.shown = reply.turn.id;
    talk.number = null;
    keep();
    announce(reply.said);
  };

  const idle = () => {
    busy = null;
    document.documentElement.dataset.busy = "false";
  };

  // Nothing more comes of what was asked: all who wait go on, and the question can be sent again.
  const interrupted = () => {
    const question = busy?.question;
    idle();
    keep();
    if (question) box("kutip-question").value ||= question;
    waiting.delete("poll");
    for (const reply of waiting.values()) reply({ failed: true });
  };

  const stop = async () => {
    if (!busy) return;
    box("kutip-question").value ||= busy.question;
    idle();
    keep();
    await call("stop", {});
  };

  const change = async (next) => {
    if (busy) await stop();
    talk = next;
    keep();
    await refresh();
  };

  const last = () => talk.turns[talk.turns.length - 1];

  const withoutLast = () => {
    talk.turns.pop();
    talk.shown = last()?.id ?? null;
    talk.number = null;
  };

  const listTalks = () => kutipHistory(window.kutip, talk);

  // ---- The library

  const syncChoices = () => {
    for (const item of document.querySelectorAll(".choose"))
      item.checked = !excluded.includes(item.dataset.document);
  };

  const exclude = (ids) => {
    excluded = ids;
    kutipStore.choose("excluded", excluded);
    return refresh().then(syncChoices);
  };

  const judge = async (id, verdict, comment = "") => {
    const reply = await call("verdict", { turn: id, verdict, comment });
    if (!reply.kept) return;
    talk.turns.find((turn) => turn.id === id).verdict = reply.kept;
    keep();
    await refresh();
  };

  // ---- What the buttons do, by their `data-do`

  const deeds = {
    locale: ({ locale: chosen }) => {
      locale = chosen;
      kutipStore.choose("locale", locale);
      translate();
      if (!busy) refresh();
    },
    theme: () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      kutipStore.choose("theme", theme);
      paint();
      translate();
      say(word(`theme_${theme}`));
    },
    view: ({ view }) => show(view, view !== "conversation"),
    example: ({ question }) => ask(question),
    stop: () => stop().then(() => say(word("stopped"))),
    retry: async () => {
      if (busy || !last()) return;
      const { question } = last();
      withoutLast();
      await ask(question);
    },
    undo: async () => {
      if (busy || undoing || !last()) return;
      undoing = true;
      const { question } = last();
      withoutLast();
      keep();
      await refresh().finally(() => (undoing = false));
      say(word("undone"));
      box("kutip-question").value ||= question;
      box("kutip-question").focus();
    },
    new: async () => {
      await change(kutipStore.create());
      show(NARROW.matches ? "conversation" : "evidence");
      box("kutip-question").focus();
    },
    open: async ({ id }) => {
      await change(kutipStore.conversation(id) ?? talk);
      show(NARROW.matches ? "conversation" : "evidence");
      box("kutip-question").focus();
    },
    delete: async ({ id }) => {
      const title = kutipStore.conversation(id)?.turns[0].question ?? "";
      if (!(await confirmed(word("delete_title"), title, word("delete_text"), word("remove"))))
        return;
      kutipStore.remove(id);
      if (id === talk.id) await change(kutipStore.create());
      listTalks();
      say(word("deleted"));
    },
    export: () => call("export", {}).then((reply) => reply.markdown && download(reply.markdown)),
    cite: async ({ turn, number }) => {
      talk.shown = turn;
      talk.number = Number(number);
      keep();
      show("evidence");
      await refresh();
      const card = () => document.querySelector(`#kutip-evidence [data-number="${number}"]`);
      await until(() => card()?.classList.contains("chosen"));
      card()?.scrollIntoView({ block: "nearest" });
      card()?.focus({ preventScroll: true });
    },
    article: ({ turn, number }) => article.open({ turn, number: Number(number) }),
    read: ({ document: id }) => article.open({ document: id }),
    close: (_, button) => button.closest("dialog").close(),
    step: ({ by }) => article.step(Number(by)),
    copy: ({ copy: text }) => copy(text),
    verdict: ({ turn, verdict }) => judge(turn, verdict),
    wrong: async ({ turn }) => {
      const dialog = box("kutip-wrong");
      const { comment } = dialog.querySelector("form").elements;
      comment.value = "";
      if (await answered(dialog)) await judge(turn, "wrong quote", comment.value);
    },
    only: ({ document: id }) => exclude(articles.filter((other) => other !== id)),
    "ask-all": () => exclude([]),
    remove: async ({ document: id, title }) => {
      if (!(await confirmed(word("remove_title"), title, word("remove_text"), word("remove"))))
        return;
      await call("remove", { document: id, number: talk.number });
      box("kutip-library").focus();
    },
  };

  // Panes are drawn a moment after their reply.
  const until = async (true_) => {
    for (let tries = 0; tries < 40 && !true_(); tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    if (button) deeds[button.dataset.do](button.dataset, button);
    else if (event.target.matches?.("dialog")) event.target.close();
    else if (event.target.matches?.(".skip")) {
      event.preventDefault();
      show("conversation");
      box("kutip-question").focus();
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches(".choose")) return;
    const { document: id } = event.target.dataset;
    exclude(event.target.checked ? excluded.filter((other) => other !== id) : [...excluded, id]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "kutip-question" || event.key !== "Enter") return;
    if (event.shiftKey || event.isComposing) return;
    event.preventDefault();
    ask(event.target.value);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "kutip-form") return;
    event.preventDefault();
    ask(box("kutip-question").value);
  });
  DARK.addEventListener("change", paint);
  NARROW.addEventListener("change", () => show(document.documentElement.dataset.side));

  const start = async () => {
    if (started) return;
    await until(() => box("kutip-toast") && box("kutip-form") && channels.has("poll"));
    started = true;
    paint();
    translate();
    show(NARROW.matches ? "conversation" : "evidence");
    idle();
    keep();
    box("kutip-question").value ||= kutipStore.draft();
    // The newest turn is what one wants to see; older ones are above it.
    new MutationObserver(() => {
      const turns = box("kutip-conversation").querySelectorAll(".turn");
      const newest = turns[turns.length - 1];
      if (!newest || newest.dataset.turn === seen) return;
      seen = newest.dataset.turn;
      newest.scrollIntoView({ block: "start" });
    }).observe(box("kutip-conversation"), { childList: true, subtree: true, attributes: true });
    let seen = "";
    new MutationObserver(syncChoices).observe(box("kutip-articles"), {
      childList: true,
      subtree: true,
    });
    await refresh();
    document.documentElement.dataset.started = "true";
    if (!NARROW.matches) box("kutip-question").focus();
    const tick = async () => {
      const there = await connection.check();
      if (there) poll();
      setTimeout(tick, ready && there ? 4000 : 1000);
    };
    tick();
  };

  window.kutip = {
    channel,
    call,
    word,
    show,
    upload: (file) => channels.get("add").upload(file),
    add: (values) => call("add", values, (reply) => reply.done || reply.failed),
  };
  const article = kutipArticle(window.kutip);
  const connection = kutipConnection({ word, say, interrupted, refresh });
  kutipStore.follow(
    () => talk.id,
    ({ turns }) => {
      talk.turns = turns;
      if (!busy) refresh();
    },
  );
  addEventListener("pagehide", () => kutipStore.keepDraft(box("kutip-question")?.value ?? ""));
  document.documentElement.lang = locale;
  paint();
  kutipLibrary(window.kutip);
})();
