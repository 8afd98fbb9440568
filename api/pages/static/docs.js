// Puts the browsable documentation in the place of the list of routes.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("operations");
  if (!place || typeof window.SwaggerUIBundle !== "function") {
    return; // the list of routes stays
  }
  window.SwaggerUIBundle({
    url: place.dataset.document,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null, // asks nobody outside
    layout: "BaseLayout",
  });
});
