// Follows a job on its own page, and goes on to what came of it.
const PAUSE_MS = 400;

async function follow() {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const progress = page.querySelector("progress");
    if (!progress) return goOn(page);
    document.querySelector("progress").value = progress.value;
    const said = document.querySelector("main [role=status]");
    const fresh = page.querySelector("main [role=status]");
    if (said.textContent !== fresh.textContent) said.replaceChildren(...fresh.childNodes);
  } catch {
    // No connection for a while: the job goes on without it.
  }
  return window.setTimeout(follow, PAUSE_MS);
}

// To the results, or back to what was asked, where there are any; else the page says why not.
function goOn(page) {
  const results = page.querySelector("main a[rel=next]");
  if (results) window.location.replace(results.href);
  else window.location.reload();
}

window.setTimeout(follow, PAUSE_MS);
