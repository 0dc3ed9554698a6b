// What is said to the person, asked of them, and given to them to keep.
const kutipTelling = (word) => {
  const box = (id) => document.getElementById(id);
  let fading = 0;

  const announce = (text) => {
    const live = box("kutip-live");
    live.textContent = "";
    // The same words again would not be a change, and would not be read out.
    setTimeout(() => (live.textContent = text), 50);
  };

  const say = (text) => {
    const toast = box("kutip-toast");
    toast.textContent = text;
    toast.classList.add("seen");
    clearTimeout(fading);
    fading = setTimeout(() => toast.classList.remove("seen"), 5000);
    announce(text);
  };

  const answered = (dialog) =>
    new Promise((resolve) => {
      dialog.returnValue = "";
      const closed = () => resolve(dialog.returnValue === "yes");
      dialog.addEventListener("close", closed, { once: true });
      dialog.showModal();
    });

  const confirmed = (title, subject, consequence, action) => {
    const dialog = box("kutip-confirm");
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector(".subject").textContent = subject;
    dialog.querySelector(".consequence").textContent = consequence;
    dialog.querySelector(".primary").textContent = action;
    return answered(dialog);
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      say(word("copied"));
      return;
    } catch {
      // Not allowed, or a page that is not served over HTTPS: the older way is left.
    }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    say(word(done ? "copied" : "copy_failed"));
  };

  const download = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    link.download = `kutip-${new Date().toISOString().slice(0, 10)}.md`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  return { announce, say, answered, confirmed, copy, download };
};
