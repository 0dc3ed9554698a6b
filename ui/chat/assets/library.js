// Files and pasted texts on their way into the library.
const kutipLibrary = (kutip) => {
  const box = (id) => document.getElementById(id);
  let adding = Promise.resolve();

  const addFiles = async (files) => {
    const input = box("kutip-files");
    if (!input || !files.length) return;
    const limit = Number(input.dataset.limit);
    const told = box("kutip-uploading");
    const sent = [];
    for (const file of files) {
      told.textContent = kutip.word("uploading", { name: file.name });
      if (file.size > limit) {
        sent.push({ name: file.name, problem: "size" });
        continue;
      }
      try {
        const { path } = await kutip.upload(file);
        sent.push({ name: file.name, path });
      } catch {
        sent.push({ name: file.name, problem: "upload" });
      }
    }
    told.textContent = "";
    await kutip.add({ files: sent });
  };

  // One batch after the other: their bars share a place.
  const add = (files) => {
    const list = [...files];
    adding = adding.then(() => addFiles(list)).catch(console.error);
  };

  document.addEventListener("change", (event) => {
    if (event.target.id !== "kutip-files") return;
    add(event.target.files);
    // So that the same file can be chosen again.
    event.target.value = "";
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "kutip-paste") return;
    event.preventDefault();
    const form = event.target;
    const text = form.elements.text.value;
    if (!text.trim()) return;
    adding = adding
      .then(() => kutip.add({ title: form.elements.title.value.trim(), text }))
      .then((reply) => reply.taken && form.reset())
      .catch(console.error);
  });

  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    // Else the browser would leave the page to show the file.
    event.preventDefault();
    const drop = box("kutip-drop");
    if (!drop) return;
    kutip.show("library");
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) box("kutip-drop")?.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    box("kutip-drop")?.classList.remove("over");
    add(event.dataTransfer.files);
  });
};
