// The table of questions: what is shown lives in `state`, which the address keeps after its #.
{
  const PAGE = 100;
  const AROUND = 260; // characters of an article kept on both sides of what is marked in it
  const { rows, articles } = JSON.parse(document.getElementById("data").textContent);
  const find = (selector) => document.querySelector(selector);
  const form = find("#filters");
  const table = find("#table");
  const title = find("#questions-title");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const collator = new Intl.Collator("id", { numeric: true, sensitivity: "base" });

  const START = {
    q: "", language: "", tag: "", status: "", outcome: "", verdict: "",
    sort: "verdict", order: "ascending", page: 1,
  };
  const FILTERS = ["q", "language", "tag", "status", "outcome", "verdict"];
  const VERDICTS = { wrong: ["✗", "Wrong"], unscored: ["–", "Not scored"], right: ["✓", "Right"] };
  const OUTCOMES = Object.fromEntries(
    [...form.elements.outcome.options].map((option) => [option.value, option.text]),
  );

  const words = (name) => name.replaceAll("_", " ");
  const verdictOf = ({ right }) => (right === null ? "unscored" : right ? "right" : "wrong");
  const first = (row) => row.expected[0] ?? "";
  const number = (value, digits) => (value === null ? "not scored" : value.toFixed(digits));

  // `value` is what a column sorts by; null always comes last.
  const column = (key, name, up, down, value) => ({ key, name, orders: [`${name}, ${up}`, `${name}, ${down}`], value });
  const COLUMNS = [
    column("verdict", "Verdict", "failures first", "failures last", (row) => row.rank),
    column("question", "Question", "A to Z", "Z to A", (row) => row.question),
    column("expected", "Expected", "A to Z", "Z to A", (row) => first(row) || null),
    column("got", "Got", "A to Z", "Z to A", (row) => row.got || null),
    column("status", "Status", "A to Z", "Z to A", (row) => row.status),
    column("confidence", "Confidence", "lowest first", "highest first", (row) => row.confidence),
    column("em", "EM", "lowest first", "highest first", (row) => row.em),
    column("f1", "F1", "lowest first", "highest first", (row) => row.f1),
  ];

  for (const row of rows) {
    row.verdict = verdictOf(row);
    row.rank = Object.keys(VERDICTS).indexOf(row.verdict);
    const titles = row.excerpts.map((excerpt) => articles[excerpt.article].title);
    row.searched = [row.id, row.question, row.got, ...row.expected, ...titles].join("\n").toLowerCase();
  }

  let state = { ...START };

  // --- Making elements. Text only ever enters as text, never as HTML. ---

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const cell = (name, kind, ...children) =>
    make("td", { role: "cell", class: kind, "data-name": name }, ...children);

  const none = (text) => make("span", { class: "none" }, text);

  const measured = (name, value, digits) =>
    cell(name, `number ${name.toLowerCase()}`, value === null ? none("not scored") : number(value, digits));

  function lineOf(row, index) {
    const [sign, word] = VERDICTS[row.verdict];
    const button = make(
      "button",
      { type: "button", "aria-expanded": "false", "aria-controls": `detail-${index}` },
      make("span", { lang: row.asked }, row.question),
    );
    const meta = [row.language, ...row.tags.map(words)].join(" · ");
    const answer = row.expected.length
      ? make("span", { lang: row.language.slice(-2) }, first(row))
      : none(row.answerable ? "not kept" : "no answer");
    const line = make(
      "tr",
      { role: "row", class: `line ${row.verdict}` },
      cell("Verdict", "verdict", make("span", { "aria-hidden": "true" }, sign), ` ${word}`),
      cell("Question", "question", button, make("small", {}, meta)),
      cell("Expected", "expected", make("div", {}, answer)),
      cell("Got", "got", make("div", {}, row.got ? make("span", {}, row.got) : none("nothing"))),
      cell("Status", "status", words(row.status)),
      measured("Confidence", row.confidence, 2),
      measured("EM", row.em, 0),
      measured("F1", row.f1, 2),
    );
    line.addEventListener("click", (event) => {
      // A click that ends the selecting of text is none.
      if (event.target.closest("a") || String(getSelection())) return;
      toggle(line, row, index);
    });
    return line;
  }

  function toggle(line, row, index) {
    const button = line.querySelector("button");
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    line.classList.toggle("open", !open);
    if (open) line.nextElementSibling.remove();
    else line.after(detailOf(row, index));
  }

  function detailOf(row, index) {
    const facts = make("dl");
    const fact = (name, ...values) => {
      if (values.length) {
        facts.append(make("div", {}, make("dt", {}, name), ...values.map((v) => make("dd", {}, v))));
      }
    };
    fact("Asked before", ...row.history);
    fact("Accepted", ...(row.answerable ? row.expected : [none("no answer: the article has none")]));
    fact("Got", row.got || none("nothing"));
    fact("Outcome", OUTCOMES[row.outcome]);
    fact("Scores", `confidence ${number(row.confidence, 3)}`, `EM ${number(row.em, 2)}, F1 ${number(row.f1, 3)}`);
    fact("Id", make("a", { href: `#${new URLSearchParams({ q: row.id })}` }, row.id));
    const sources = row.excerpts.length
      ? row.excerpts.map(excerptOf)
      : [make("p", { class: "none" }, "The article was not kept.")];
    return make(
      "tr",
      { role: "row", class: `detail ${row.verdict}`, id: `detail-${index}` },
      make("td", { role: "cell", colspan: COLUMNS.length }, make("div", { class: "detail-body" }, facts, make("div", { class: "sources" }, ...sources))),
    );
  }

  // --- An article with its quote, the answering words, and what was expected. ---

  function excerptOf(excerpt) {
    const article = articles[excerpt.article];
    const kinds = [["quote", excerpt.quotes], ["words", excerpt.mark], ["wanted", excerpt.expected]];
    const spans = kinds.flatMap(([kind, list]) => list.map(([start, end]) => ({ kind, start, end })));
    const quote = make("blockquote", { lang: article.language });
    const figure = make("figure", {}, make("figcaption", {}, article.title), legendOf(kinds), quote);
    const end = article.text.length;
    const from = spans.length ? Math.min(...spans.map((span) => span.start)) - AROUND : 0;
    const to = spans.length ? Math.max(...spans.map((span) => span.end)) + AROUND : 2 * AROUND;
    const cut = [from <= 40 ? 0 : wordAt(article.text, from), to >= end - 40 ? end : wordAt(article.text, to)];
    quote.append(...marked(article.text, spans, ...cut));
    if (cut[0] > 0 || cut[1] < end) {
      const whole = make("button", { type: "button" }, "Show the whole article");
      whole.addEventListener("click", () => {
        quote.replaceChildren(...marked(article.text, spans, 0, end));
        whole.remove();
      });
      figure.append(whole);
    }
    return figure;
  }

  function legendOf(kinds) {
    const names = { quote: "quoted", words: "answering words", wanted: "expected" };
    const shown = kinds.filter(([, list]) => list.length);
    const list = shown.map(([kind]) => make("span", { class: kind }, names[kind]));
    return make("p", { class: "legend" }, ...(list.length ? list : ["Nothing was quoted."]));
  }

  function wordAt(text, at) {
    const space = text.slice(at).search(/\s/);
    return space < 0 ? text.length : at + space;
  }

  function marked(text, spans, from, to) {
    const inside = spans.flatMap(({ start, end }) => [start, end]).filter((at) => from < at && at < to);
    const cuts = [...new Set([from, ...inside, to])].sort((a, b) => a - b);
    const pieces = cuts.slice(1).map((end, i) => {
      const kinds = spans.filter((span) => span.start <= cuts[i] && end <= span.end);
      const piece = text.slice(cuts[i], end);
      if (!kinds.length) return piece;
      const tag = kinds.some((span) => span.kind === "words") ? "mark" : "span";
      return make(tag, { class: [...new Set(kinds.map((span) => span.kind))].join(" ") }, piece);
    });
    return [from > 0 ? "… " : "", ...pieces, to < text.length ? " …" : ""];
  }

  // --- Filtering, sorting, showing. ---

  function chosen() {
    const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = rows.filter((row) =>
      (!state.language || row.language === state.language)
      && (!state.tag || row.tags.includes(state.tag))
      && (!state.status || row.status === state.status)
      && (!state.outcome || row.outcome === state.outcome)
      && (!state.verdict || row.verdict === state.verdict)
      && wanted.every((word) => row.searched.includes(word)));
    const { key, value } = COLUMNS.find((column) => column.key === state.sort);
    const sign = state.order === "ascending" ? 1 : -1;
    return kept.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (x === null || y === null) return (x === null) - (y === null);
      const order = typeof x === "string" ? collator.compare(x, y) : x - y;
      // Among failures the surest are the worst.
      return sign * order || (key === "verdict" ? (b.confidence ?? -1) - (a.confidence ?? -1) : 0);
    });
  }

  function show() {
    const found = chosen();
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(Math.max(1, state.page), pages);
    const start = (state.page - 1) * PAGE;
    const shown = found.slice(start, start + PAGE);
    const lines = shown.map((row, i) => lineOf(row, start + i));
    table.tBodies[0].replaceChildren(...lines);
    if (found.length === 1) toggle(lines[0], found[0], 0);
    if (!found.length) {
      const text = make("td", { role: "cell", colspan: COLUMNS.length }, "No question fits these filters.");
      table.tBodies[0].append(make("tr", { role: "row", class: "empty" }, text));
    }
    for (const head of table.tHead.rows[0].cells) {
      if (head.dataset.key === state.sort) head.setAttribute("aria-sort", state.order);
      else head.removeAttribute("aria-sort");
    }
    showControls(found, start, shown.length, pages);
    keep();
  }

  function showControls(found, start, count, pages) {
    const tally = (kind) => found.filter((row) => row.verdict === kind).length;
    const written = (count) => count.toLocaleString("en");
    const of = found.length === rows.length ? "" : `${written(found.length)} of `;
    const parts = [`${written(tally("wrong"))} wrong`, `${written(tally("right"))} right`];
    if (tally("unscored")) parts.push(`${written(tally("unscored"))} not scored`);
    const noun = rows.length === 1 ? "question" : "questions";
    find("#found").textContent = `${of}${written(rows.length)} ${noun}: ${parts.join(", ")}`;
    find("#clear").hidden = FILTERS.every((name) => state[name] === START[name]);
    const pager = find("#pages");
    pager.hidden = pages === 1;
    pager.querySelector("span").textContent = `${start + 1}–${start + count} of ${written(found.length)}`;
    pager.querySelector("[value=previous]").disabled = state.page === 1;
    pager.querySelector("[value=next]").disabled = state.page === pages;
    for (const name of [...FILTERS, "sort"]) {
      const control = form.elements[name];
      const value = name === "sort" ? `${state.sort} ${state.order}` : state[name];
      if (control.value !== value) control.value = value;
    }
  }

  function sortBy(sort, order) {
    state = { ...state, sort, order, page: 1 };
    show();
  }

  // --- The address. ---

  function keep() {
    const kept = Object.entries(state).filter(([name, value]) => value !== START[name]);
    const hash = kept.length ? `#${new URLSearchParams(kept)}` : "";
    if (hash !== location.hash && (hash || location.hash.includes("="))) {
      history.replaceState(null, "", location.pathname + location.search + hash);
    }
  }

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    state = { ...START };
    for (const name of Object.keys(START)) {
      if (given.has(name)) state[name] = given.get(name);
    }
    state.page = Number.parseInt(state.page, 10) || 1;
    if (!COLUMNS.some((column) => column.key === state.sort)) state.sort = START.sort;
    if (state.order !== "descending") state.order = START.order;
    for (const name of ["language", "tag", "status", "outcome"]) {
      const values = [...form.elements[name].options].map((option) => option.value);
      if (!values.includes(state[name])) state[name] = "";
    }
    if (state.verdict && !(state.verdict in VERDICTS)) state.verdict = "";
  }

  function toTop() {
    title.focus({ preventScroll: true });
    find("#questions").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
  }

  // --- The start. ---

  function fill(name, values) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    const names = [...counts.keys()].sort(collator.compare);
    for (const value of names) {
      form.elements[name].append(make("option", { value }, `${words(value)} (${counts.get(value).toLocaleString("en")})`));
    }
  }

  fill("language", rows.map((row) => row.language));
  fill("tag", rows.flatMap((row) => row.tags));
  fill("status", rows.map((row) => row.status));
  find("#unscored").hidden = !rows.some((row) => row.right === null);
  for (const { key, name, orders } of COLUMNS) {
    const button = make("button", { type: "button" }, name);
    button.addEventListener("click", () => {
      const again = state.sort === key && state.order === "ascending";
      sortBy(key, again ? "descending" : "ascending");
    });
    table.tHead.rows[0].append(make("th", { role: "columnheader", scope: "col", "data-key": key, class: key }, button));
    ["ascending", "descending"].forEach((order, i) => {
      form.elements.sort.append(make("option", { value: `${key} ${order}` }, orders[i]));
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const { name, value } = event.target;
    if (name === "sort") sortBy(...value.split(" "));
    else {
      state = { ...state, [name]: value, page: 1 };
      show();
    }
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    state = { ...START, sort: state.sort, order: state.order };
    show();
    form.elements.q.focus();
  });
  find("#pages").addEventListener("click", (event) => {
    const step = { previous: -1, next: 1 }[event.target.value];
    if (!step) return;
    state.page += step;
    show();
    toTop();
  });
  addEventListener("hashchange", () => {
    const filters = location.hash.includes("=");
    if (location.hash && !filters) return; // a section of the page
    read();
    show();
    if (filters) toTop();
  });
  // A link to what is shown already changes no address, and would seem dead.
  addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link?.hash.includes("=") && link.hash === location.hash) toTop();
  });
  for (const hidden of [form, table]) hidden.hidden = false;
  read();
  show();
  if (location.hash.includes("=")) find("#questions").scrollIntoView();
}
