"use strict";
const box = document.getElementById("search");
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
const texts = new Map(Array.from(document.querySelectorAll(".operation"), (op) => [op, plain(op.textContent)]));
function filter() {
  const words = plain(box.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const [op, text] of texts) {
    const fits = words.every((word) => text.includes(word));
    op.hidden = !fits;
    document.querySelector(`[data-for="${op.id}"]`).hidden = !fits;
    if (fits) found += 1;
  }
  for (const group of document.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
  document.getElementById("nothing").hidden = found > 0;
}
box.addEventListener("input", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== box) { event.preventDefault(); box.focus(); }
});
