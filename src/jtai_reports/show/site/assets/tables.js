// Sort and filter tables of class "sortable". Without scripts the tables stand as they are.
"use strict";

function cellText(row, column) {
  return row.cells[column].textContent.trim();
}

function compare(a, b) {
  const [x, y] = [a, b].map((text) => parseFloat(text.replace(/,/g, "")));
  const numbers = /^-?[\d,.]/.test(a) && /^-?[\d,.]/.test(b) && !/^\d{4}-\d\d/.test(a);
  return numbers && !Number.isNaN(x) && !Number.isNaN(y) && x !== y ? x - y : a.localeCompare(b, "en-GB");
}

function sortBy(table, column, header) {
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => compare(cellText(a, column), cellText(b, column)) * (down ? -1 : 1));
  table.tBodies[0].append(...rows);
}

function addSorting(table) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    button.title = "Sort by this column";
    button.addEventListener("click", () => sortBy(table, column, header));
    header.replaceChildren(button);
  });
}

function addFilter(table) {
  const label = document.createElement("label");
  label.className = "filter";
  label.textContent = "Show only rows with these words";
  const box = document.createElement("input");
  box.type = "search";
  const count = document.createElement("p");
  count.className = "count";
  count.setAttribute("role", "status");
  label.append(box);
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const show = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, i) => { row.hidden = !words.every((word) => texts[i].includes(word)); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows shown`;
  };
  box.addEventListener("input", show);
  table.closest(".scroll").before(label, count);
  show();
}

for (const table of document.querySelectorAll("table.sortable")) {
  addSorting(table);
  addFilter(table);
}
