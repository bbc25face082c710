// SPDX-License-Identifier: Apache-2.0
// Before the first paint: the theme and the language chosen last time, so that nothing flashes.
(function () {
  var root = document.documentElement, theme = null, lang = null;
  try {
    theme = localStorage.getItem('huisheng.theme');
    lang = localStorage.getItem('huisheng.lang');
  } catch (e) { /* storage may be forbidden: then the system decides */ }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.classList.toggle('dark', dark);
  if (!lang) lang = /^zh/i.test(navigator.language || 'zh') ? 'zh' : 'en';
  root.lang = lang === 'zh' ? 'zh-CN' : 'en';
})();
