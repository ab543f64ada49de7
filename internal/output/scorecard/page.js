"use strict";
(function () {
  var form = document.getElementById("filter");
  var findings = Array.prototype.slice.call(document.querySelectorAll(".finding"));
  function has(list, number) { return list.indexOf(" " + number + " ") >= 0; }
  function filter() {
    var f = form.elements, words = f.text.value.toLowerCase().split(/\s+/), shown = 0;
    findings.forEach(function (x) {
      var d = x.dataset;
      x.hidden = !((!f.principle.value || has(d.principles, f.principle.value)) &&
        (!f.severity.value || d.severity === f.severity.value) &&
        (!f.workload.value || has(d.workloads, f.workload.value)) &&
        words.every(function (w) { return d.text.indexOf(w) >= 0; }));
      if (!x.hidden) { shown++; }
    });
    form.querySelector("output").textContent = shown + " of " + findings.length;
  }
  // A link leads to what it names, even if that is folded or filtered away.
  function reveal() {
    var target = document.getElementById(location.hash.slice(1));
    if (!target) { return; }
    if (target.hidden) { form.reset(); filter(); }
    for (var x = target; x; x = x.parentElement) {
      if (x.tagName === "DETAILS") { x.open = true; }
    }
    target.scrollIntoView();
    if (target.tabIndex === -1) { target.focus({ preventScroll: true }); }
  }
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(filter, 0); });
  window.addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
