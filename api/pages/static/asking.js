// Asks for the answer to a position and shows it; the server's template has all its words.
import { Fault, faultOn, told } from "./faults.js";
import { ownDigits } from "./notation.js";

export class Asking {
  constructor({ root, edition, lang, said, texts }) {
    Object.assign(this, { root, edition, lang, said, texts });
    this.layer = "water";
    this.asked = new URL(window.location.href).searchParams.get("position");
    this.status = document.getElementById("status");
    this.answeredAt = new Date();
    this.onAnswer = () => {};
    said.addEventListener("click", (event) => this.act(event));
    window.addEventListener("beforeprint", () => this.putTime());
  }

  // The address that shows a position, to share.
  address(position, more = {}) {
    const address = new URL(this.root, window.location.href);
    const layer = this.layer === "seabed" ? "seabed" : "";
    const given = { position, edition: this.edition, lang: this.lang, layer, ...more };
    for (const [name, value] of Object.entries(given)) {
      if (value) address.searchParams.set(name, value);
    }
    return address;
  }

  async ask(position, { isNew = true } = {}) {
    this.waiting?.abort();
    this.waiting = new AbortController();
    this.asked = position;
    if (isNew) window.history.pushState(null, "", this.address(position));
    this.follow();
    this.say(this.texts.asking);
    this.said.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.address(position, { part: "answer", lang: document.documentElement.lang }), {
        headers: { Accept: "text/html" },
        signal: this.waiting.signal,
      });
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!parsed.querySelector(".answer")) {
        throw faultOn(parsed, answer.status);
      }
      this.said.replaceChildren(...parsed.body.childNodes);
      this.answeredAt = new Date();
      this.adopt(true);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.fail(error);
    }
    this.said.removeAttribute("aria-busy");
  }

  // Makes what stands there one's own: the pin, the buttons, the focus.
  adopt(takesFocus) {
    const answer = this.said.querySelector(".answer");
    for (const hidden of this.said.querySelectorAll(".only-script")) hidden.hidden = false;
    if (answer) this.onAnswer(answer);
    this.putTime();
    if (!takesFocus) return;
    const { said } = answer.dataset;
    this.say(said ? `${this.texts.answered} ${said}` : answer.textContent.trim());
    document.title = this.texts.siteTitle.replace("{}", () => (said ? `${said} · ` : ""));
    this.said.querySelector("#headline")?.focus({ preventScroll: true });
  }

  // The time stands on the printed sheet; it is not in the answer, for caches keep that.
  putTime() {
    for (const place of this.said.querySelectorAll("[data-now]")) place.textContent = this.timeText(new Date());
  }

  // The last answer stays, with its time.
  fail(error) {
    if (error instanceof Fault) this.note(...told(this.texts.failed, error));
    else this.note(this.texts.offline.replace("{}", this.timeText(this.answeredAt)));
  }

  // What is seen above the answer, and heard.
  note(...parts) {
    let note = this.said.querySelector(".noted");
    if (!note) {
      note = document.createElement("p");
      note.className = "noted notice";
      this.said.prepend(note);
    }
    note.replaceChildren(...parts);
    this.say(note.textContent);
  }

  // A text to be copied by hand: it is selected.
  offer(text) {
    this.note(this.texts.notCopied);
    const field = document.createElement("input");
    Object.assign(field, { readOnly: true, value: text, dir: "auto" });
    field.setAttribute("aria-label", this.texts.notCopied);
    this.said.querySelector(".noted").append(field);
    field.select();
  }

  // The links to this page in other languages and as JSON keep what is shown.
  follow() {
    const shown = new URL(window.location.href).searchParams;
    for (const link of document.querySelectorAll(".languages a, a.as-json")) {
      const address = new URL(link.href);
      for (const name of ["position", "lon", "lat", "layer"]) {
        if (shown.has(name)) address.searchParams.set(name, shown.get(name));
        else address.searchParams.delete(name);
      }
      if (link.matches(".as-json")) {
        const path = shown.has("position") ? "classify" : "";
        address.pathname = new URL(path, new URL(this.root, address)).pathname;
        address.searchParams.delete("layer");
      }
      link.href = address;
    }
  }

  say(text, adds = false) {
    this.status.textContent = adds ? `${this.status.textContent} ${text}` : text;
  }

  // How far the nearest limit is, or without bound where none is known. [m]
  limitM() {
    const given = this.said.querySelector(".answer")?.dataset.limit;
    return given ? Number(given) : Infinity;
  }

  async act(event) {
    const button = event.target.closest("button[data-action]");
    if (!button) return;
    if (button.dataset.action === "print") {
      window.print();
      return;
    }
    const isCopy = button.dataset.action === "copy";
    const text = isCopy ? `${button.dataset.line}; ${this.timeText(new Date())}` : window.location.href;
    try {
      await navigator.clipboard.writeText(text); // there is no clipboard where the address is not secure
      this.say(this.texts.copied);
      button.dataset.done = "true";
    } catch {
      this.offer(text);
    }
  }

  // The day in words, as all texts have it, and the time of day in UTC.
  timeText(moment) {
    const { dates, comma } = this.texts;
    const day = dates[moment.getUTCMonth()].replace("{d}", moment.getUTCDate()).replace("{y}", moment.getUTCFullYear());
    return `${ownDigits(`${day}${comma}${moment.toISOString().slice(11, 16)}`)} UTC`;
  }
}
