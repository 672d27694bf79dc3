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

  const ended = () => {
    if (document.getElementById("aw-ended")) return;
    const bar = document.createElement("div");
    bar.id = "aw-ended";
    bar.setAttribute("role", "alert");
    const again = document.createElement("a");
    again.href = "/login" + location.hash;
    again.textContent = "重新登录";
    bar.append("登录已失效，刚才的操作没有完成。请", again, "。");
    document.body.prepend(bar);
    again.focus();
  };

  const fetched = window.fetch.bind(window);
  window.fetch = async (...given) => {
    const response = await fetched(...given);
    if (response.status === 401 && new URL(response.url).origin === location.origin) ended();
    return response;
  };

  way();
  new MutationObserver(way).observe(document.documentElement, { subtree: true, childList: true });
})();
