// Tables that are on the page as a whole sort by the button of a column and
// filter by the field above them. Without this script they stay in the order
// in which they came.
function table(t) {
  const body = t.tBodies[0], heads = [...t.tHead.rows[0].cells];
  const value = (row, i) => {
    const cell = row.cells[i];
    return cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v);
  };
  heads.forEach((head, i) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const numeric = head.classList.contains("n");
      const was = head.getAttribute("aria-sort");
      const down = was ? was === "ascending" : numeric; // figures: the greatest first
      heads.forEach(h => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const unknown = row => numeric && row.cells[i].dataset.v === undefined;
      const rows = [...body.rows].map((row, order) => ({row, order, v: value(row, i), u: unknown(row)}));
      rows.sort((a, b) => {
        if (a.u !== b.u) return a.u ? 1 : -1; // what is not known stands last
        const c = a.u ? 0 : a.v < b.v ? -1 : a.v > b.v ? 1 : 0;
        return (down ? -c : c) || a.order - b.order;
      });
      body.append(...rows.map(r => r.row));
    });
  });
  const input = document.querySelector('input[data-for="' + CSS.escape(t.id) + '"]');
  if (!input) return;
  const tools = input.closest(".tools"), count = tools.querySelector("output");
  tools.hidden = body.rows.length < 8;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every(w => text.includes(w));
      if (!row.hidden) shown++;
    }
    count.textContent = words.length ? shown + " of " + body.rows.length + " rows" : "";
  });
}
