"use strict";

// The page around the table: light and dark, the metric that is shown, the coverage slider.
{
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");

  // A page from disk may be refused its storage; the choice then lasts as long as the page.
  const stored = {
    get() { try { return localStorage.getItem("kutip-theme"); } catch { return null; } },
    set(theme) { try { localStorage.setItem("kutip-theme", theme); } catch { /* not kept */ } },
  };

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const showTheme = () => button.setAttribute("aria-pressed", String(isDark()));

  if (["light", "dark"].includes(stored.get())) root.dataset.theme = stored.get();
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored.set(root.dataset.theme);
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();
}

{
  const picker = document.getElementById("metrics");
  const panels = [...document.querySelectorAll(".panel")];
  const show = (metric) => {
    for (const panel of panels) panel.hidden = panel.dataset.metric !== metric;
  };
  if (picker) {
    picker.hidden = false;
    for (const name of document.querySelectorAll(".panel-name")) name.classList.add("unseen");
    picker.addEventListener("change", (event) => show(event.target.value));
    show(picker.querySelector("input:checked").value);
  }
}

{
  const slider = document.getElementById("coverage");
  const rows = [...document.querySelectorAll("tr[data-curve]")].map((row) => ({
    cell: row.querySelector(".at"),
    points: row.dataset.curve.split(" ").map((point) => point.split(",").map(Number)),
  }));

  // As `risk_at` in curve.py, in percent.
  const riskAt = (points, coverage) => {
    if (coverage <= points[0][0]) return points[0][1];
    for (let i = 1; i < points.length; i++) {
      const [[c0, r0], [c1, r1]] = [points[i - 1], points[i]];
      if (coverage <= c1) return c1 === c0 ? r1 : r0 + ((r1 - r0) * (coverage - c0)) / (c1 - c0);
    }
    return null;
  };

  const show = () => {
    const coverage = Number(slider.value);
    slider.parentElement.querySelector("b").textContent = `${coverage}\u202f%`;
    document.querySelector("#risk .at-name").textContent = coverage;
    document.querySelector("#risk .cursor").setAttribute("d", `M${coverage} 0L${coverage} 100`);
    for (const { cell, points } of rows) {
      const risk = riskAt(points, coverage);
      cell.textContent = risk === null ? "not measured" : `${risk.toFixed(1)}\u202f%`;
    }
  };
  if (slider) {
    slider.parentElement.hidden = false;
    slider.addEventListener("input", show);
    show();
  }
}
