// Put into the head by Gradio. Without it the page still answers; marks, copying and labels are plainer.
(() => {
  "use strict";
  document.documentElement.lang = "zh-CN";

  // Tabs. The address says which is open and what of it: #/clauses/文号/label. A tab's component registers itself with
  // `tab`; until then what the address wants of it waits.
  const titles = {}, senders = {}, waits = {}, eager = {};
  const send = (name, index, value) => {
    eager[name] = true;
    if (senders[name]) senders[name](index, value);
    else waits[name] = [index, value];
  };
  const parts = () => {
    try {
      return location.hash.startsWith("#/") ? location.hash.slice(2).split("/").map(decodeURIComponent) : [];
    } catch {
      return []; // a broken %-sequence
    }
  };
  const page = "安问 · 安全生产通知问答";
  const mark = () => {
    const open = document.body.dataset.tab;
    for (const link of document.querySelectorAll(".aw-nav a[data-tab]")) {
      titles[link.dataset.tab] = link.textContent;
      if (link.dataset.tab === open) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (titles[open]) document.title = open === "chat" ? page : `${titles[open]} · 安问`;
  };
  const route = () => {
    const [name, ...rest] = parts();
    const open = document.getElementById(`aw-tab-${name}`) || /^(clauses|compare|duties|ledger|about)$/.test(name) ? name : "chat";
    const changed = document.body.dataset.tab !== open;
    document.body.dataset.tab = open;
    mark();
    if (changed) document.querySelector(".aw-nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (changed) window.scrollTo(0, 0);
    if (rest.length) send(open, "route", rest);
  };
  window.anwen = {
    tab(name, sender) {
      senders[name] = sender;
      if (waits[name]) sender(...waits[name]);
      delete waits[name];
    },
    // The tab has new content: what was asked for comes into sight, and gets the focus where it can have it.
    shown(name) {
      const wanted = document.querySelector(`#aw-tab-${name} [data-aw-focus]`);
      if (!eager[name] || !wanted) return;
      eager[name] = false;
      wanted.scrollIntoView({ block: wanted.dataset.awFocus || "nearest" });
      wanted.focus({ preventScroll: true });
    },
    send,
    // A tab's answer is on its way: what is shown is of what was chosen before.
    busy(name, is) {
      const tab = document.getElementById(`aw-tab-${name}`);
      tab?.classList.toggle("aw-busy", is);
      tab?.setAttribute("aria-busy", String(is));
    },
    // What the server keeps a page's conversation by; another tab of the browser has another.
    secret() {
      let secret = sessionStorage.getItem("anwen");
      if (!/^[0-9a-f]{32}$/.test(secret || "")) {
        secret = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
        sessionStorage.setItem("anwen", secret);
      }
      return [secret];
    },
  };
  window.addEventListener("hashchange", route);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-aw]");
    const tab = button?.closest(".aw-tab");
    if (tab) send(tab.id.slice("aw-tab-".length), button.dataset.aw, button.dataset.value ?? "");
    const copied = event.target.closest("[data-aw-copy]");
    if (copied) {
      const place = copied.dataset.awCopy;
      const link = place.startsWith("#") ? location.origin + location.pathname + place : place;
      const text = copied.dataset.awName ? `${copied.dataset.awName}\n${link}` : link;
      const own = /^(localhost|127\.|\[?::1)/.test(location.hostname) && place.startsWith("#");
      const said = copied.textContent;
      const done = (words) => {
        copied.textContent = words;
        setTimeout(() => (copied.textContent = said), own ? 5000 : 2000);
      };
      const outcome = own ? "已复制（链接只在本机能打开，文号条号可发给同事）" : "已复制";
      // Only a page of this machine, or one by https, may write to the clipboard.
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done(outcome), () => prompt("请复制：", text));
      else prompt("请复制：", text);
    }
    const asks = event.target.closest("[data-aw-ask]");
    if (asks) {
      location.hash = "#/chat";
      fill(asks.dataset.awAsk);
    }
    // The address is the same when a clause is wanted that was wanted before.
    const link = event.target.closest('a[href^="#/"]');
    if (link && link.hash === location.hash) route();
  });

  const fill = (question) => {
    const box = document.querySelector("#aw-box textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

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
    if (wanted === null) document.querySelector(".aw-panel")?.scrollTo(0, 0);
    else if (show(wanted)) wanted = null;
  });

  // 查看原件 opens at the words that were quoted, else where the clause begins.
  document.addEventListener("toggle", (event) => {
    const box = event.target.open && event.target.matches(".aw-received") && event.target.querySelector("pre");
    const quoted = box && box.querySelector("mark");
    const before = box && box.querySelector(".aw-around:first-child");
    const place = quoted ? quoted.getBoundingClientRect().top - 40 : before ? before.getBoundingClientRect().bottom - 30 : 0;
    if (quoted || before) box.scrollTop += place - box.getBoundingClientRect().top;
  }, true);

  // 理解为：the question as it was understood goes into the box, to be changed and asked again.
  document.addEventListener("click", (event) => {
    const edit = event.target.closest("a.aw-edit");
    if (!edit) return;
    event.preventDefault();
    fill(edit.parentElement.querySelector(".aw-meant").textContent);
  });
  // 模型设置
  const drawer = (open) => {
    const body = document.getElementById("aw-drawer");
    if (!body || open === body.classList.contains("aw-open")) return;
    body.classList.toggle("aw-open", open);
    body.setAttribute("role", "dialog");
    body.setAttribute("aria-label", "模型设置");
    document.querySelector(open ? "#aw-drawer input" : "#aw-settings")?.focus();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest("#aw-settings")) drawer(true);
    else if (!event.target.closest("#aw-drawer") || event.target.closest("#aw-drawer-close")) drawer(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drawer(false);
  });

  // Gradio copies a message's source; whoever pastes it wants its text, without how it came about or what was struck.
  const plain = (source) => {
    const body = new DOMParser().parseFromString(source, "text/html").body;
    for (const aside of body.querySelectorAll("details, del, .aw-reason, .aw-edit, .aw-after")) aside.remove();
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
    "Close": "关闭",
    "清空对话": "清空",
  };
  const label = (old) => {
    if (old.startsWith("user's message: ")) return "提问";
    if (old.startsWith("bot's message: ")) return "答复"; // else a screen reader reads out the message's source
    return labels[old] ?? old.replace(/^Select example \d+: /, "示例问题：");
  };
  const relabel = () => {
    // Gradio calls the example questions a list, but they are buttons.
    for (const list of document.querySelectorAll('#aw-chat .examples[role="list"]')) {
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", "示例问题");
    }
    for (const name of ["aria-label", "title"]) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        const old = element.getAttribute(name);
        if (label(old) !== old) element.setAttribute(name, label(old));
      }
    }
  };

  // A new question goes to the top of the conversation, so that its answer is read from the beginning; it stays there
  // while the answer grows, until the reader scrolls.
  let asked = 0, waiting = 0, placed = 0;
  const settle = () => {
    const rows = document.querySelectorAll("#aw-chat .user-row");
    const now = document.querySelectorAll("#aw-chat .aw-waiting").length;
    const fresh = rows.length > asked || now > waiting;
    const moving = now > 0 || now !== waiting;
    [asked, waiting] = [rows.length, now];
    if (rows.length === 0 || !(fresh || moving)) return;
    const row = rows[rows.length - 1];
    const log = row.closest('[role="log"]');
    if (!fresh && Math.abs(log.scrollTop - placed) > 2) return;
    log.scrollTop += row.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    placed = log.scrollTop;
  };
  // What is wrong with a question is said under the box, which a long question may have pushed out of sight.
  let faulted = "";
  const warn = () => {
    const line = document.querySelector("#aw-notice .aw-notice:not(.aw-hint)");
    const said = line ? line.textContent : "";
    if (said && said !== faulted) line.scrollIntoView({ block: "nearest" });
    faulted = said;
  };
  const refresh = () => {
    relabel();
    settle();
    mark();
    warn();
  };
  refresh();
  route();
  new MutationObserver(refresh).observe(document.body, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-label", "title"],
  });
})();
