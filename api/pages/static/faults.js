// What can go wrong, in the page's language; what the service says of it is English.

// What is of the service is not the fault of what it was given.
export class Fault extends Error {
  constructor(message, detail = "", isOfService = false) {
    super(message);
    this.detail = detail;
    this.isOfService = isOfService;
  }
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

// The answer of the service, which is none where it refuses or is not reached.
export async function answerOf(address, options, texts) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    throw ended(error, texts);
  }
  if (answer.ok) return answer;
  const { type, detail } = await answer.json().catch(() => ({}));
  throw new Fault(texts.problems[type] ?? "", detail ?? String(answer.status), answer.status >= 500);
}

function ended(error, texts) {
  return error.name === "AbortError" ? error : new Fault(texts.noConnection, "", true);
}

// Parts of a page that tell it, in the place of the braces of a text.
export function told(text, error) {
  if (!(error instanceof Fault) || !error.detail) return [text.replace("{}", error.message)];
  const detail = document.createElement("bdi");
  detail.lang = "en";
  detail.textContent = error.detail;
  const isEnglish = document.documentElement.lang === "en" || !error.message;
  const [before, after] = text.split("{}");
  return isEnglish ? [before, detail, after] : [`${before}${error.message} (`, detail, `)${after}`];
}
