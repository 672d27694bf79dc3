// 要求台账: rows that are ticked off stay out of the files, and the address says the filters, so that it can be sent.
(() => {
  "use strict";
  window.anwen.opened = location.hash; // before this script writes another
  const LENGTH = 6, MOST = 80; // characters of a key; keys that one link can carry
  const STORE = "anwen-ledger-left";
  let stored = [];
  try {
    stored = JSON.parse(sessionStorage.getItem(STORE) || "[]");
  } catch {
    // not ours
  }
  const left = new Set(Array.isArray(stored) ? stored.filter((one) => /^[-\w]{6}$/.test(one)) : []);
  let seen = null;

  const address = () => {
    const wanted = seen?.dataset.awAddress;
    if (wanted === undefined || document.body.dataset.tab !== "ledger") return;
    const hash = wanted ? `#/ledger/${wanted}` : "#/ledger";
    if (location.hash !== hash) history.replaceState(history.state, "", hash);
  };
  const offered = () => (seen.dataset.awKeys || "").match(new RegExp(`.{${LENGTH}}`, "g")) || [];
  const tick = () => {
    const keys = offered();
    const gone = keys.filter((key) => left.has(key));
    for (const box of seen.querySelectorAll("[data-aw-row]")) {
      box.checked = !left.has(box.dataset.awRow);
      box.closest("tr").classList.toggle("aw-off", !box.checked);
    }
    for (const link of seen.querySelectorAll('a[href^="/export/ledger"]')) {
      const to = new URL(link.href);
      to.searchParams.delete("leave");
      if (gone.length) to.searchParams.set("leave", gone.slice(0, MOST).join(""));
      link.href = to.pathname + to.search;
    }
    const line = seen.querySelector(".aw-ledger-left");
    if (!line) return;
    line.hidden = gone.length === 0;
    const much = gone.length > MOST ? `一次最多取消 ${MOST} 条，其余的仍会导出；请先用上面的筛选缩小范围。` : "";
    const said = `已取消勾选 ${gone.length} 条，不导出；将导出 ${keys.length - Math.min(gone.length, MOST)} 条。${much}`;
    line.querySelector("p").textContent = gone.length ? said : "";
  };
  const keep = () => {
    sessionStorage.setItem(STORE, JSON.stringify([...left]));
    tick();
  };
  document.addEventListener("change", (event) => {
    const key = event.target.dataset?.awRow;
    if (!key || !seen?.contains(event.target)) return;
    if (event.target.checked) left.delete(key);
    else left.add(key);
    keep();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-aw-ledger="restore"]')) return;
    for (const key of offered()) left.delete(key);
    keep();
    seen.querySelector("[data-aw-row]")?.focus();
  });
  window.addEventListener("hashchange", address);
  // Gradio may change the view's elements in place or put others there.
  let stand = "";
  new MutationObserver(() => {
    const now = document.querySelector("#aw-ledger .aw-ledger"), first = now?.querySelector("[data-aw-row]");
    const found = [now?.dataset.awAddress, now?.dataset.awKeys, first?.dataset.awRow].join(" ");
    if (now === seen && found === stand) return;
    [seen, stand] = [now, found];
    if (!seen) return;
    tick();
    address();
  }).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-aw-address", "data-aw-keys", "data-aw-row"],
  });
})();
