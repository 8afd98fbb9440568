// Light or dark: as the system has it, or as its reader has chosen. It runs before the page is drawn, for it stands
// after the style sheets and nothing is shown before it is done.
"use strict";

(() => {
  const KEY = "scheme";
  const MEDIA = { light: "not all", dark: "screen" }; // when rules for the dark hold, in the place of the system's word
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const rules = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule.media?.mediaText.includes("prefers-color-scheme"))
    .map((rule) => ({ rule, given: rule.media.mediaText }));
  const isDark = () => (root.dataset.scheme === "system" ? system.matches : root.dataset.scheme === "dark");

  const show = (scheme) => {
    root.dataset.scheme = scheme;
    for (const { rule, given } of rules) rule.media.mediaText = MEDIA[scheme] ?? given;
    document.getElementById("scheme")?.setAttribute("aria-pressed", String(isDark()));
  };
  const kept = () => {
    try {
      const scheme = window.localStorage.getItem(KEY);
      return Object.hasOwn(MEDIA, scheme) ? scheme : "system";
    } catch {
      return "system"; // where a browser keeps nothing
    }
  };
  // Who chooses what the system has follows the system again.
  const choose = (scheme) => {
    const isSystems = (scheme === "dark") === system.matches;
    show(isSystems ? "system" : scheme);
    try {
      if (isSystems) window.localStorage.removeItem(KEY);
      else window.localStorage.setItem(KEY, scheme);
    } catch {
      // It holds for this page.
    }
  };

  show(kept());
  system.addEventListener("change", () => show(root.dataset.scheme));
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.scheme)); // by now the button is there
  document.addEventListener("click", (event) => {
    if (event.target.closest("#scheme")) choose(isDark() ? "light" : "dark");
  });
})();
