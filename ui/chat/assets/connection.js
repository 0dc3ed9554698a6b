// The line to the server: what is said when it breaks, and what happens once it is back.
// Gradio's own notices, in English alone, are hidden; one of them is a reason to look.
const kutipConnection = ({ word, say, interrupted, refresh }) => {
  const NOTICE = '[data-testid="toast-body"]';
  let lost = false;
  let noticed = false;

  const tell = () => {
    document.getElementById("kutip-lost").textContent = lost ? word("connection_lost") : "";
  };

  // Whether the server is there. When it is back the page is loaded anew: another program may be
  // running by then, and what the browser keeps is shown again.
  const check = async () => {
    const there = await fetch("healthz", { cache: "no-store" }).then(
      (reply) => reply.ok,
      () => false,
    );
    if (there && lost) location.reload();
    else if (!there && !lost) {
      lost = true;
      tell();
      interrupted();
    }
    return there;
  };

  new MutationObserver(async () => {
    const shown = document.querySelector(NOTICE) !== null;
    if (shown === noticed) return;
    noticed = shown;
    // The server is there and something failed all the same: no reply will come.
    if (shown && (await check())) {
      interrupted();
      say(word("failed"));
      refresh();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  return { check, tell };
};
