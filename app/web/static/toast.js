// Gradio's own messages (toasts) are in English and say no remedy: they are put into Chinese as they come.
(() => {
  "use strict";
  const LOST = "连不上安问：运行窗口可能已关闭，或网络断了。恢复后请刷新本页，再问一次。";
  const FAULT = "刚才的操作没有完成；请刷新本页再试，仍不行请把运行窗口中的记录发给管理员。";
  const titles = { Error: "没有完成", Warning: "请注意", Info: "提示", Success: "完成" };
  const chinese = /[\u4e00-\u9fff]/;
  const put = (element, text) => {
    // The framework holds on to its text node, so that it is changed and not replaced.
    const node = [...element.childNodes].find((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
    if (node && node.data !== text) node.data = text;
  };
  new MutationObserver(() => {
    for (const one of document.querySelectorAll(".toast-title")) {
      const title = one.textContent.trim();
      if (!chinese.test(title)) put(one, titles[title] ?? titles.Error);
    }
    for (const one of document.querySelectorAll(".toast-message-text")) {
      if (!chinese.test(one.textContent)) put(one, one.textContent.includes("onnection") ? LOST : FAULT);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
})();
