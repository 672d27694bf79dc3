// 反馈: the three links under an answer, the drawer, and the links that take the conversation along.
(() => {
  "use strict";
  let opener = null, about = "", hiding = 0;
  const body = () => document.getElementById("aw-feedback");
  const isOpen = () => body()?.classList.contains("aw-open");
  const link = () => opener && document.querySelector(`a.aw-rate[href="${opener}"]`);
  const show = (open) => {
    if (!body() || open === isOpen()) return;
    body().classList.toggle("aw-open", open);
    body().setAttribute("role", "dialog");
    body().setAttribute("aria-labelledby", "aw-feedback-title");
    (open ? document.querySelector("#aw-feedback textarea") : link())?.focus();
  };
  document.addEventListener("click", (event) => {
    const rate = event.target.closest("a.aw-rate");
    if (rate) {
      event.preventDefault();
      opener = rate.getAttribute("href");
      const box = document.querySelector("#aw-feedback textarea");
      if (box && about !== opener.split("-")[1]) {
        box.value = ""; // what was typed for another answer is not about this one
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
      about = opener.split("-")[1];
      const [turn, name] = opener.slice("#rate-".length).split("-");
      document.dispatchEvent(new CustomEvent("anwen:rate", { detail: { index: Number(turn), value: name } }));
      if (name !== "useful") show(true);
    } else if (event.target.closest("#aw-feedback-close") || (event.target.isConnected && !event.target.closest("#aw-feedback"))) {
      show(false);
    }
    const talk = event.target.closest("a[data-aw-talk]");
    if (talk) talk.search = `?talk=${window.anwen.secret()[0]}`;
    const take = event.target.closest("a.aw-take");
    if (take) {
      event.preventDefault();
      const file = document.createElement("a");
      file.href = `/export/conversation.docx?talk=${window.anwen.secret()[0]}&turn=${take.hash.slice("#take-".length)}`;
      file.download = "";
      file.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  // What was kept is said for a while and closes the drawer; what could not be kept opens it.
  let last = "";
  document.addEventListener("anwen:rated", () => {
    const fault = document.querySelector("#aw-feedback-fault p"), said = document.querySelector("#aw-feedback-said p");
    if (fault) return show(true);
    if (!said || said.dataset.at === last) return;
    last = said.dataset.at;
    show(false);
    const line = document.getElementById("aw-feedback-said");
    line.classList.add("aw-shown");
    clearTimeout(hiding);
    hiding = setTimeout(() => line.classList.remove("aw-shown"), 8000);
    // The chat is written anew, and the link that had the focus with it.
    setTimeout(() => {
      if (document.activeElement === document.body) link()?.focus({ preventScroll: true });
    }, 300);
  });
})();
