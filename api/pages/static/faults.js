// What can go wrong, in the page's language; what the service says is English where that has no words for it.

// What is of the service is not the fault of what it was given.
export class Fault extends Error {
  constructor(message, detail = "", isOfService = false) {
    super(message);
    this.detail = detail;
    this.isOfService = isOfService;
  }
}

// A module of ours that is loaded when it is needed.
export async function loaded(name, texts) {
  try {
    return await import(`./${name}.js`);
  } catch (error) {
    throw ended(error, texts);
  }
}

// What the service refuses, on a page of it.
export function faultOn(page, status) {
  const [kind, detail] = ["h1", ".lead"].map((one) => page.querySelector(one));
  const said = detail?.lang ? [kind?.textContent, detail.textContent] : [detail?.textContent ?? String(status), ""];
  return new Fault(...said, status >= 500);
}

// What the service answers, as JSON.
export async function jsonOf(address, options, texts) {
  const answer = await answerOf(address, options, texts);
  try {
    return await answer.json();
  } catch (error) {
    throw ended(error, texts);
  }
}

// The answer of the service, which is none where it refuses or is not reached; it refuses on a page, in words.
export async function answerOf(address, options, texts) {
  const words = { Accept: "application/json;q=0.9, text/html", "Accept-Language": document.documentElement.lang };
  let answer;
  try {
    answer = await fetch(address, { ...options, headers: { ...options.headers, ...words } });
  } catch (error) {
    throw ended(error, texts);
  }
  if (answer.ok) return answer;
  if (answer.headers.get("Content-Type")?.startsWith("text/html")) {
    throw faultOn(new DOMParser().parseFromString(await answer.text(), "text/html"), answer.status);
  }
  const { type, detail } = await answer.json().catch(() => ({}));
  throw new Fault(texts.problems[type] ?? "", detail ?? String(answer.status), answer.status >= 500);
}

function ended(error, texts) {
  return error.name === "AbortError" ? error : new Fault(texts.noConnection, "", true);
}

// Parts of a page that tell it, in the place of the braces of a text.
export function told(text, error) {
  if (!(error instanceof Fault) || !error.detail) return [text.replace("{}", () => error.message)];
  const detail = document.createElement("bdi");
  detail.lang = "en";
  detail.textContent = error.detail;
  const isEnglish = document.documentElement.lang === "en" || !error.message;
  const [before, after] = text.split("{}");
  return isEnglish ? [before, detail, after] : [`${before}${error.message} (`, detail, `)${after}`];
}
