// Errors as answers: problem details (RFC 9457).

const TITLES: Readonly<Record<number, string>> = {
  400: "Malformed request",
  404: "Not found",
  405: "Method not allowed",
  408: "Request timeout",
  411: "Length required",
  413: "Content too large",
  415: "Unsupported media type",
  422: "Unprocessable values",
  500: "Internal error",
};

/** What a detail may quote of a request. */
const MAX_DETAIL = 500;

/** What is wrong with a request. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)}…` : detail);
    this.status = status;
    this.headers = headers;
  }
}

/** The answer to a request that failed: of what is not the request's fault, nothing is told. */
export function problemResponse(error: unknown): Response {
  if (!(error instanceof Problem)) console.error(error);
  const { status, message, headers } = error instanceof Problem ? error : new Problem(500, "the service failed");
  const title = TITLES[status] ?? "Error";
  const body = JSON.stringify({ type: "about:blank", title, status, detail: message });
  return answer(body, "application/problem+json", status, headers);
}

/** Every answer leaves through here. */
export function answer(
  body: BodyInit,
  contentType: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const fixed = { "content-type": contentType, "x-content-type-options": "nosniff", "cache-control": "no-store" };
  return new Response(body, { status, headers: { ...headers, ...fixed } });
}

/** What the package computes; what it finds wrong with values and options is the client's to mend. */
export function computed<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new Problem(422, error.message);
    throw error;
  }
}
