// Put into the head by Gradio. Without it the page still answers; marks, copying and labels are plainer.
(() => {
  "use strict";
  document.documentElement.lang = "zh-CN";

  // Marks [1] in the chat open the card of the same number; an earlier answer's cards are fetched first.
  let wanted = null;
  const show = (id) => {
    const card = document.getElementById(id);
    if (!card) return false;
    card.open = true;
    card.scrollIntoView({ block: "start" });
    card.querySelector("summary").focus({ preventScroll: true });
    return true;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#cite-"], a[href="#aw-chat"]');
    if (!link) return;
    event.preventDefault();
    const id = link.getAttribute("href").slice(1);
    if (id === "aw-chat") {
      document.getElementById(id).scrollIntoView({ block: "start" });
    } else if (!show(id)) {
      wanted = id;
      const [turn, number] = id.split("-").slice(1).map(Number);
      document.dispatchEvent(new CustomEvent("anwen:cite", { detail: { index: turn, value: number } }));
    }
  });
  document.addEventListener("anwen:panel", () => {
    if (wanted !== null && show(wanted)) wanted = null;
  });

  // Gradio copies a message's source; whoever pastes it wants its text, without how it came about.
  const plain = (source) => {
    const body = new DOMParser().parseFromString(source, "text/html").body;
    for (const why of body.querySelectorAll("details.aw-why")) why.remove();
    return body.textContent.replace(/^user: /gm, "问：").replace(/^assistant: /gm, "答：").replace(/\*\*/g, "");
  };
  if (navigator.clipboard) {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (source) => write(plain(source));
  }

  // Labels that Gradio does not translate.
  const labels = {
    "chatbot conversation": "对话记录",
    "Copy conversation": "复制全部",
    "Copied conversation": "已复制",
    "Copy message": "复制",
    "Copied message": "已复制",
    "Scroll down": "看下文",
    "Clear": "清空",
    "清空对话": "清空",
  };
  const label = (old) => {
    if (old.startsWith("user's message: ")) return "提问";
    if (old.startsWith("bot's message: ")) return "答复"; // else a screen reader reads out the message's source
    return labels[old] ?? old.replace(/^Select example \d+: /, "示例问题：");
  };
  const relabel = () => {
    for (const name of ["aria-label", "title"]) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        const old = element.getAttribute(name);
        if (label(old) !== old) element.setAttribute(name, label(old));
      }
    }
  };

  // A new question goes to the top of the conversation, so that its answer is read from the beginning.
  let shown = "";
  const settle = () => {
    const rows = document.querySelectorAll("#aw-chat .user-row");
    const now = `${rows.length} ${document.querySelectorAll("#aw-chat .aw-waiting").length}`;
    if (now === shown || rows.length === 0) return;
    shown = now;
    const row = rows[rows.length - 1];
    const log = row.closest('[role="log"]');
    log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
  };
  const refresh = () => {
    relabel();
    settle();
  };
  refresh();
  new MutationObserver(refresh).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "title"],
  });
})();
