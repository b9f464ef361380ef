// The pages work without this script; with it and reports/table.js, which
// stands before it, tables sort and filter, boxes can be hidden, and pages that
// change while they are open follow.

// Boxes on a document are shown as their switches say.
function toggles(root) {
  for (const box of root.querySelectorAll("input[data-toggles]")) {
    const page = document.getElementById("page");
    box.addEventListener("change", () => page.classList.toggle(box.dataset.toggles, !box.checked));
  }
}

function ready(root) {
  root.querySelectorAll("table[data-sortable]").forEach(table);
  toggles(root);
}
// What the server sent last of each part that changes, before it is touched.
const sent = new Map([...document.querySelectorAll("[data-live]")].map(part => [part.id, part.innerHTML]));
ready(document);

// Columns to choose from, found by a part of their name.
const choose = document.querySelector("input[data-choose]");
if (choose) {
  choose.addEventListener("input", () => {
    const words = choose.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const label of document.querySelectorAll(".groups label"))
      label.hidden = !words.every(w => label.textContent.toLowerCase().includes(w));
    for (const group of document.querySelectorAll(".groups fieldset"))
      group.hidden = !group.querySelector("label:not([hidden])");
  });
  choose.addEventListener("keydown", e => { if (e.key === "Enter") e.preventDefault(); });
}

// Two runs are compared.
const pair = document.querySelector("button[data-pair]");
if (pair) {
  const boxes = [...pair.form.querySelectorAll('input[name="run"]')];
  const update = () => { pair.disabled = boxes.filter(b => b.checked).length !== 2; };
  boxes.forEach(b => b.addEventListener("change", update));
  update();
}

// A page that changes is asked for again while it is seen, and the parts of it
// that differ are replaced, but for those in which somebody types or reads by
// keyboard.
let every = Number(document.body.dataset.again || 0), tag = "";
async function again() {
  if (document.visibilityState === "visible") {
    try {
      const answer = await fetch(location.href, {headers: tag ? {"If-None-Match": tag} : {}, cache: "no-store"});
      if (answer.ok && answer.status === 200) {
        tag = answer.headers.get("ETag") || "";
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const part of document.querySelectorAll("[data-live]")) {
          const other = fresh.getElementById(part.id);
          if (!other || part.contains(document.activeElement) || sent.get(part.id) === other.innerHTML) continue;
          sent.set(part.id, other.innerHTML);
          part.replaceChildren(...other.childNodes);
          ready(part);
        }
        every = Number(fresh.body.dataset.again || 0);
      }
    } catch { every = Math.min(30000, every * 2); } // the server is gone or slow: ask less often
  }
  if (every) setTimeout(again, every);
}
if (every) setTimeout(again, every);
