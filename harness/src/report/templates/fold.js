// Comforts only: the report is whole without them.
(() => {
  const bodies = [...document.querySelectorAll("details.body")];
  const open = (all) => bodies.forEach((body) => { body.open = all; });
  addEventListener("beforeprint", () => open(true));
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const body = target.closest("details.body") || target.querySelector("details.body");
    if (body) body.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  const bar = document.createElement("p");
  bar.className = "bar";
  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    bar.append(made);
  };
  const show = (wanted) => document.querySelectorAll("[data-verdict]").forEach((it) => {
    it.hidden = !wanted(it.dataset.verdict);
  });
  button("all cases", () => show(() => true));
  button("only what did not pass", () => show((verdict) => verdict !== "pass"));
  button("unfold all", () => open(true));
  button("fold all", () => open(false));
  document.querySelector("#verdicts").after(bar);
})();
