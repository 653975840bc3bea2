/**
 * What makes a flame graph answer to clicks and to the search. Runs in the reader's browser, on the drawing's own elements
 * only: it asks nobody, and writes names as text.
 */
export const FLAME_SCRIPT = `
(function () {
  var svg = document.documentElement;
  if (svg.nodeName.toLowerCase() !== "svg") svg = document.querySelector("svg");
  var box = svg.querySelector("#frames");
  var hint = svg.querySelector("#hint");
  var all = Array.prototype.slice.call(box.querySelectorAll("g.f"));
  var left = Number(box.getAttribute("data-left"));
  var width = Number(box.getAttribute("data-width"));
  var SAYS = "Outermost call on top; width is memory. Click: a call fills the width, the top row: back. Press s to search.";
  hint.textContent = SAYS;
  function number(frame, name) { return Number(frame.getAttribute("data-" + name)); }
  function nameOf(frame) { return frame.querySelector("title").textContent; }
  function zoom(to) {
    var x0 = number(to, "x"), w0 = number(to, "w"), d0 = number(to, "d"), slack = 1e-6;
    all.forEach(function (frame) {
      var x = number(frame, "x"), w = number(frame, "w"), d = number(frame, "d");
      var above = d < d0 && x <= x0 + slack && x + w >= x0 + w0 - slack;
      var inside = d >= d0 && x >= x0 - slack && x + w <= x0 + w0 + slack;
      frame.style.display = above || inside ? "" : "none";
      if (!above && !inside) return;
      var at = above ? left : left + ((x - x0) / w0) * width;
      var wide = above ? width : Math.max(0.5, (w / w0) * width - 0.5);
      var rect = frame.querySelector("rect"), words = frame.querySelector("text");
      rect.setAttribute("x", at);
      rect.setAttribute("width", wide);
      rect.setAttribute("opacity", above ? 0.55 : 1);
      words.setAttribute("x", at + 4);
      var name = nameOf(frame).replace(/ \\([^()]*%[^()]*\\)$/, "");
      var letters = Math.floor((wide - 8) / 7);
      words.textContent = letters < 3 ? "" : name.length <= letters ? name : "\\u2026" + name.slice(name.length - letters + 1);
    });
  }
  function search(word) {
    var found = 0;
    all.forEach(function (frame) {
      var hit = word !== "" && nameOf(frame).toLowerCase().indexOf(word.toLowerCase()) !== -1;
      if (hit) found += 1;
      frame.querySelector("rect").setAttribute("stroke", hit ? "#7c3aed" : "none");
      frame.querySelector("rect").setAttribute("stroke-width", hit ? 2 : 0);
    });
    hint.textContent = word === "" ? SAYS : found + (found === 1 ? " call" : " calls") + " with \\u201c" + word + "\\u201d. Press s to search again, Escape to clear.";
  }
  all.forEach(function (frame) {
    frame.style.cursor = "pointer";
    frame.addEventListener("click", function () { zoom(frame); });
  });
  window.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { search(""); zoom(all[0]); }
    if (event.key === "s" && !event.ctrlKey && !event.metaKey) { var word = window.prompt("Mark calls whose name has"); if (word !== null) search(word); }
  });
})();
`;
