// Shortlist in this browser only: ids in localStorage, shown by the address of the comparison.
(() => {
  const MOST = 6;
  const read = () => JSON.parse(localStorage.getItem("shortlist") || "[]");
  const write = (ids) => localStorage.setItem("shortlist", JSON.stringify(ids));

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
    document.querySelectorAll("button.shortlist").forEach((button) => {
      const held = ids.includes(button.dataset.firm);
      button.hidden = false;
      button.disabled = !held && ids.length >= MOST;
      button.textContent = held ? button.dataset.remove : button.dataset.add;
      button.setAttribute("aria-pressed", held);
    });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.shortlist");
    if (button) {
      const ids = read();
      const id = button.dataset.firm;
      write(ids.includes(id) ? ids.filter((held) => held !== id) : [...ids, id].slice(0, MOST));
      show();
    }
    if (event.target.closest("button.print")) window.print();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.classList.add("scripted");
    show();
    document.querySelectorAll("button.print").forEach((button) => { button.hidden = false; });
    document.querySelectorAll("textarea[data-note]").forEach((note) => {
      const key = `note:${note.dataset.note}`;
      note.value = localStorage.getItem(key) || "";
      note.addEventListener("input", () => localStorage.setItem(key, note.value));
    });
  });
})();
