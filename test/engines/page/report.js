// First in every window and worker: tells the server what they found, or what went wrong there.

/** Posts a result, as JSON, or an error's text. */
export function report(kind, text) {
  fetch(`./${kind}`, { method: "POST", body: text });
}

export function reportError(error) {
  report("error", `${error}\n${error?.stack ?? ""}`);
}

// Scripts' errors; and those of elements that could not be loaded, which do not bubble.
addEventListener(
  "error",
  ({ error, message, target }) => reportError(error ?? message ?? `${target.src}: not loaded`),
  true,
);
addEventListener("unhandledrejection", ({ reason }) => reportError(reason));
const { error: log } = console;
console.error = (...values) => {
  log(...values);
  reportError(`console.error: ${values.join(" ")}`);
};
