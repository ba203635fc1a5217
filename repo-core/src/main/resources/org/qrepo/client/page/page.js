const form = document.getElementById("search");
if (form) {
  const words = document.getElementById("words");
  const found = document.getElementById("found");
  const rows = Array.from(document.querySelectorAll("tbody tr"), (row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));

  const search = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { row, text } of rows) {
      const matches = wanted.every((word) => text.includes(word));
      row.hidden = !matches;
      count += matches;
    }
    found.textContent = wanted.length ? `${count} of ${rows.length} packages` : "";
  };

  words.value = new URLSearchParams(location.search).get("q") ?? "";
  words.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  search();
}
