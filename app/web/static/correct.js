// 改正理解: the drawer is opened by a link of an answer, which it is filled for, and gives the focus back to it.
(() => {
  "use strict";
  let opener = null;
  const drawer = (open) => {
    const body = document.getElementById("aw-correct");
    if (!body || open === body.classList.contains("aw-open")) return;
    body.classList.toggle("aw-open", open);
    body.setAttribute("role", "dialog");
    body.setAttribute("aria-labelledby", "aw-correct-title");
    body.tabIndex = -1;
    if (open) body.focus(); // not its first field, which would drop its list
    else if (opener?.isConnected) opener.focus();
    else {
      // Not the question box: on a phone that would bring up the keyboard over the answer.
      const log = document.querySelector('#aw-chat [role="log"]');
      log.tabIndex = -1;
      log.focus({ preventScroll: true });
    }
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("#aw-correct-close")) drawer(false);
    const link = event.target.closest('a.aw-correct[href^="#correct-"]');
    if (!link) return;
    event.preventDefault();
    opener = link;
    const turn = Number(link.getAttribute("href").slice("#correct-".length));
    document.dispatchEvent(new CustomEvent("anwen:correct", { detail: { index: turn, value: turn } }));
    drawer(true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drawer(false);
  });
  // Sent: the new answer is what is to be read.
  document.addEventListener("anwen:corrected", () => {
    if (!document.querySelector("#aw-correct-said [data-aw-done]")) return;
    opener = null;
    drawer(false);
  });
})();
