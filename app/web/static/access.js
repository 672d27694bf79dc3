// 退出, and what the page says when the login has ended; without a login there is nothing to do.
(() => {
  "use strict";
  const user = window.gradio_config?.username;
  if (!user) return;

  const way = () => {
    const head = document.querySelector(".aw-header");
    if (!head || document.getElementById("aw-leave")) return;
    const form = document.createElement("form");
    form.id = "aw-leave";
    form.method = "post";
    form.action = "/logout";
    const name = document.createElement("span");
    name.textContent = user;
    const button = document.createElement("button");
    button.type = "submit";
    button.textContent = "退出";
    button.setAttribute("aria-label", `退出登录（${user}）`);
    form.append(name, button);
    form.addEventListener("submit", () => {
      // The next one at this desk is not to find what was asked here.
      for (const kept of [localStorage, sessionStorage]) kept.clear();
    });
    head.append(form);
  };

  const bar = (...said) => {
    document.getElementById("aw-ended")?.remove();
    const made = document.createElement("div");
    made.id = "aw-ended";
    made.setAttribute("role", "alert");
    made.append(...said);
    document.body.prepend(made);
    made.querySelector("a")?.focus();
    return made;
  };

  const link = (text, href) => {
    const made = document.createElement("a");
    made.href = href;
    made.textContent = text;
    return made;
  };

  const ended = () => {
    if (document.getElementById("aw-ended")) return;
    bar("登录已失效，刚才的操作没有完成。请", link("重新登录", "/login" + location.hash), "。");
  };

  // What the gate (app/web/gate.py) refuses: another user's page, or more at a time than one's share.
  const refused = async (response) => {
    const said = await response.clone().json().then((one) => one.detail, () => "");
    if (typeof said !== "string" || !said) return;
    if (response.status === 403) {
      const again = link("刷新网页", location.href);
      again.addEventListener("click", (event) => {
        event.preventDefault();
        location.reload();
      });
      bar("这个页面是别人登录时打开的，刚才的操作没有完成。请", again, "。");
    } else {
      const made = bar(said);
      setTimeout(() => made.remove(), 10000);
    }
  };

  const fetched = window.fetch.bind(window);
  window.fetch = async (...given) => {
    const response = await fetched(...given);
    if (new URL(response.url, location.href).origin !== location.origin) return response;
    if (response.status === 401) ended();
    else if ([403, 413, 429].includes(response.status)) refused(response);
    return response;
  };

  way();
  new MutationObserver(way).observe(document.documentElement, { subtree: true, childList: true });
})();
