// Runs before the first paint, so that nobody sees the wrong theme or language flash by.
(function () {
  const root = document.documentElement;
  let theme = null;
  let lang = null;
  try {
    theme = localStorage.getItem("zhubo.theme");
    lang = localStorage.getItem("zhubo.lang");
  } catch {
    // storage is switched off: the browser's own wishes count
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const chinese = lang ? lang === "zh" : /^zh\b/i.test(navigator.language || "");
  root.lang = chinese ? "zh-CN" : "en";
})();
