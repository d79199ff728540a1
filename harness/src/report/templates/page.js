// The one script of the page. Text gets into the page by the templates alone, which escape it.
"use strict";
(() => {
  const list = document.getElementById("list");
  const cases = [...list.children];
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");

  // Details that lie beside the page, handed over by the script of each.
  const waiting = new Map();
  window.ringtrue = (anchor, html) => {
    const it = document.getElementById(anchor);
    it.querySelector(".body").innerHTML = html;
    delete it.dataset.detail;
    (waiting.get(anchor) || []).forEach((done) => done());
    waiting.delete(anchor);
  };
  const load = (it, done = () => {}) => {
    const file = it.dataset.detail;
    if (!file) return done();
    if (waiting.has(it.id)) return waiting.get(it.id).push(done);
    waiting.set(it.id, [done]);
    const script = document.createElement("script");
    script.src = file;
    script.onload = () => script.remove();
    script.onerror = () => {
      script.remove();
      waiting.delete(it.id);
      it.querySelector(".body").textContent =
        `The details are in the file ${file} beside this page, and it is not there. ` +
        "Move the page together with its folder, or make both again: ringtrue render FOLDER.";
    };
    document.head.append(script);
  };
  list.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".case")) load(event.target);
  }, true);

  // Filters, kept in the address so that a view can be passed on.
  const texts = new Map();
  const text = (it) => {
    if (!texts.has(it)) texts.set(it, it.querySelector("summary").textContent.toLowerCase());
    return texts.get(it);
  };
  const boxes = [...form.querySelectorAll("[name=v]")];
  const filter = () => {
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const group = form.g.value;
    const requirement = form.r.value.trim().toLowerCase();
    const departures = form.k ? form.k.value : "";
    const words = form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (it) => verdicts.has(it.dataset.verdict)
      && (!departures || it.classList.contains("known") === (departures === "known"))
      && (!group || it.dataset.group === group)
      && (!requirement || it.dataset.requirements.toLowerCase().split(" ").some((id) => id.startsWith(requirement)))
      && words.every((word) => text(it).includes(word));
    let count = 0;
    for (const it of cases) {
      const fit = fits(it);
      if (it.hidden === fit) it.hidden = !fit;
      if (fit) count += 1;
    }
    shown.textContent = count === cases.length ? `${count} cases` : `${count} of ${cases.length} cases`;
    const chosen = new URLSearchParams();
    if (verdicts.size < boxes.length) chosen.set("v", [...verdicts].join(","));
    if (group) chosen.set("g", group);
    if (departures) chosen.set("k", departures);
    if (requirement) chosen.set("r", form.r.value.trim());
    if (words.length) chosen.set("q", form.q.value.trim());
    return chosen.toString();
  };
  const changed = () => {
    const chosen = filter();
    history.replaceState(null, "", chosen ? `#?${chosen}` : "#cases");
  };
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(changed));
  document.getElementById("unfold").addEventListener("click", () => {
    cases.filter((it) => !it.hidden).forEach((it) => { it.open = true; });
  });
  document.getElementById("fold").addEventListener("click", () => cases.forEach((it) => { it.open = false; }));
  form.hidden = false;
  // What sticks below the filters has to know how high they are.
  const stick = () => {
    const is = getComputedStyle(form).position === "sticky";
    document.documentElement.style.setProperty("--stuck", `${is ? form.offsetHeight : 0}px`);
  };
  addEventListener("resize", stick);
  stick();

  // Addresses: a filter, a section, a case, or a place within a case.
  const reveal = () => {
    let wanted = location.hash.slice(1);
    try { wanted = decodeURIComponent(wanted); } catch { return; }
    if (wanted.startsWith("?")) {
      const chosen = new URLSearchParams(wanted.slice(1));
      const verdicts = chosen.get("v");
      boxes.forEach((box) => { box.checked = verdicts === null || verdicts.split(",").includes(box.value); });
      form.g.value = chosen.get("g") || "";
      form.r.value = chosen.get("r") || "";
      form.q.value = chosen.get("q") || "";
      if (form.k) form.k.value = chosen.get("k") || "";
      filter();
      return document.getElementById("cases").scrollIntoView();
    }
    const it = document.getElementById(wanted.split("/")[0]);
    if (!it || !it.matches(".case")) return;
    it.hidden = false;
    it.open = true;
    load(it, () => {
      const target = document.getElementById(wanted) || it;
      target.scrollIntoView({ block: target === it ? "start" : "center" });
      if (target.dataset.t) move(target.closest(".timed"), Number(target.dataset.t), target);
    });
  };
  addEventListener("hashchange", reveal);

  // One cursor for lanes, ladder, plots and recording of a case.
  const left = 112, right = 12, width = 1080;
  const move = (timed, at, entry) => {
    const span = Number(timed.dataset.span);
    at = Math.min(Math.max(at, 0), span);
    const part = (left + (span > 0 ? at / span : 0) * (width - left - right)) / width;
    timed.querySelectorAll(".cursor").forEach((cursor) => {
      cursor.style.left = `${part * 100}%`;
      cursor.hidden = false;
    });
    const entries = [...timed.querySelectorAll(".entry")];
    entry = entry || entries.findLast((it) => Number(it.dataset.t) <= at + 1e-6) || entries[0];
    timed.querySelectorAll(".entry.here").forEach((it) => it.classList.remove("here"));
    const words = [`${(at * 1000).toFixed(1)} ms`];
    if (entry) {
      entry.classList.add("here");
      words.push(entry.querySelector(".wall").textContent);
      const said = entry.querySelector(".label, .said");
      if (said) words.push(said.textContent);
    }
    timed.querySelector(".readout").textContent = words.join(" · ");
    const slider = timed.querySelector(".tracks");
    slider.setAttribute("aria-valuenow", at.toFixed(6));
    slider.setAttribute("aria-valuetext", words.join(", "));
    timed.at = at;
  };
  const pointed = (axis, event) => {
    const box = axis.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * width;
    return (x - left) / (width - left - right) * Number(axis.closest(".timed").dataset.span);
  };
  list.addEventListener("pointermove", (event) => {
    const axis = event.target.closest(".axis");
    if (axis) return move(axis.closest(".timed"), pointed(axis, event));
    const entry = event.target.closest(".entry");
    if (entry) move(entry.closest(".timed"), Number(entry.dataset.t), entry);
  });
  list.addEventListener("click", (event) => {
    const axis = event.target.closest(".axis");
    if (!axis || event.target.closest("a")) return;
    const at = pointed(axis, event);
    axis.closest(".timed").querySelectorAll("audio").forEach((audio) => {
      const within = at - Number(audio.dataset.from);
      if (within >= 0 && within < audio.duration) audio.currentTime = within;
    });
  });
  list.addEventListener("timeupdate", (event) => {
    const audio = event.target;
    if (!audio.paused) move(audio.closest(".timed"), Number(audio.dataset.from) + audio.currentTime);
  }, true);
  list.addEventListener("focusin", (event) => {
    const entry = event.target.closest(".entry");
    if (entry) move(entry.closest(".timed"), Number(entry.dataset.t), entry);
  });
  const step = (timed, way) => {
    const entries = [...timed.querySelectorAll(".entry")];
    const here = entries.findIndex((it) => it.classList.contains("here"));
    const next = way === "first" ? 0 : way === "last" ? entries.length - 1 : here + way;
    const entry = entries[Math.min(Math.max(next, 0), entries.length - 1)];
    if (entry) move(timed, Number(entry.dataset.t), entry);
  };

  const ways = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tracks = event.target.closest && event.target.closest(".tracks");
    if (tracks && event.key in ways) {
      event.preventDefault();
      return step(tracks.closest(".timed"), ways[event.key]);
    }
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") {
      event.preventDefault();
      form.q.focus();
    } else if (event.key === "j" || event.key === "k") {
      const visible = cases.filter((it) => !it.hidden);
      const here = visible.indexOf(document.activeElement.closest(".case"));
      const next = visible[event.key === "j" ? here + 1 : Math.max(here - 1, 0)];
      if (next) {
        next.querySelector("summary").focus();
        next.scrollIntoView({ block: "nearest" });
      }
    }
  });

  // On paper stands what did not pass, as far as the page has it.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = cases.filter((it) => !it.open && !it.hidden && !it.dataset.detail);
    folded.forEach((it) => { it.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((it) => { it.open = false; }));

  filter();
  reveal();
})();
