// A whole article over the page, and the way from one mark in it to the next.
const kutipArticle = (kutip) => {
  const dialog = () => document.getElementById("kutip-article");

  const goTo = (mark) => {
    dialog().querySelector("mark.at")?.classList.remove("at");
    mark.classList.add("at");
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  };

  const open = async (values) => {
    const reply = await kutip.call("article", values);
    // Why there is nothing was said already.
    if (!reply.html) return;
    // The server escaped all that an article brought along.
    dialog().innerHTML = reply.html;
    if (!dialog().open) dialog().showModal();
    const mark = dialog().querySelector(`mark[data-mark="${reply.number}"]`);
    if (mark) goTo(mark);
    else dialog().querySelector(".article-text")?.focus();
  };

  const step = (by) => {
    const marks = [...dialog().querySelectorAll("mark[data-mark]")];
    const at = marks.findIndex((mark) => mark.classList.contains("at"));
    const next = (at + by + marks.length) % marks.length;
    const told = kutip.word("mark_of", { number: next + 1, all: marks.length });
    goTo(marks[next]);
    dialog().querySelector(".step").textContent = told;
  };

  return { open, step };
};
