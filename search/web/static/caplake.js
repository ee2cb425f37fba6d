// Comfort only: every story of the pages works without this file.
// The shortlist lives in this browser (localStorage) and is shown by the address of the comparison.
(() => {
  const MOST = 6;
  const read = () => JSON.parse(localStorage.getItem("shortlist") || "[]");
  const write = (ids) => localStorage.setItem("shortlist", JSON.stringify(ids));
  const boxes = () => document.querySelectorAll("input[name=firm][type=checkbox]");

  const show = () => {
    const ids = read();
    const link = document.getElementById("shortlist-link");
    const address = new URL(link.href);
    address.searchParams.delete("firm");
    ids.forEach((id) => address.searchParams.append("firm", id));
    const need = new URLSearchParams(location.search).get("q");
    if (need) address.searchParams.set("q", need);
    link.href = address;
    link.dataset.count = ids.length || "";
    boxes().forEach((box) => {
      box.checked = ids.includes(box.value);
      box.disabled = !box.checked && ids.length >= MOST;
    });
  };

  const put = (id, held) => {
    const ids = read().filter((other) => other !== id);
    write(held ? [...ids, id].slice(-MOST) : ids);
    show();
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    source.select();
    try { await navigator.clipboard.writeText(source.value); } catch { document.execCommand("copy"); }
    button.textContent = button.dataset.done;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("input[name=firm][type=checkbox]")) put(event.target.value, event.target.checked);
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button.print, button.copy, a.remove, button[data-shortlist]");
    if (!target) return;
    if (target.matches(".print")) window.print();
    if (target.matches(".copy")) copy(target);
    if (target.matches(".remove")) put(target.dataset.firm, false);
    if (target.matches("[data-shortlist]")) put(target.dataset.shortlist, true);
  });

  // Suggestions: down and up move through them, escape puts them away.
  document.addEventListener("keydown", (event) => {
    const list = [...document.querySelectorAll("#suggestions a")];
    const input = document.getElementById("q");
    if (!list.length || !event.target.closest(".searchbox")) return;
    const at = list.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (list[at + 1] || list[0]).focus();
    else if (event.key === "ArrowUp") (at > 0 ? list[at - 1] : input).focus();
    else if (event.key === "Escape") { document.getElementById("suggestions").replaceChildren(); input.focus(); }
    else return;
    event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    // A comparison that somebody shared does not replace one's own: it is taken over only where there is none.
    const shared = new URLSearchParams(location.search).getAll("firm").slice(0, MOST);
    if (shared.length && !read().length) write(shared);
    show();
    document.querySelectorAll("button.print, button.copy").forEach((button) => { button.hidden = false; });
    document.querySelectorAll("textarea[data-note]").forEach((note) => {
      const key = `note:${note.dataset.note}`;
      note.value = localStorage.getItem(key) || "";
      note.addEventListener("input", () => localStorage.setItem(key, note.value));
    });
  });
})();
