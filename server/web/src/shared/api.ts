// Requests to the server this page came from. Every mistake comes out as an `ApiError`; the network being away is one with status 0.

/** What the server says when it refuses: `{"error":{"code","message","position"?,"retryAfterMs"?}}`. */
export class ApiError extends Error {
  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** Milliseconds after which it may be tried again. */
    readonly retryAfterMs?: number,
    /** Everything in `error`. */
    readonly detail: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export interface Ask {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  token?: string | null | undefined;
  /** Sent as `api-key`. */
  key?: string | null | undefined;
  signal?: AbortSignal | null | undefined;
}

/** One request; the answer as JSON, `undefined` when it is empty. @throws ApiError; an aborted one throws the `AbortError` of fetch. */
export async function ask<T>(path: string, { method, body, token, key, signal }: Ask = {}): Promise<T> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  if (key) headers["api-key"] = key;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "OFFLINE", String(error));
  }
  const value = text === "" ? undefined : readJson(text);
  if (!response.ok) throw refusal(response.status, value);
  return value as T;
}

/** A path with parameters; those that are empty or undefined are left out, lists are repeated. */
export function path(base: string, parameters: Record<string, string | number | boolean | readonly string[] | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === null || value === "" || value === false) continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text ? `${base}?${text}` : base;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(status: number, value: unknown): ApiError {
  const detail = (value as { error?: Record<string, unknown> } | undefined)?.error ?? {};
  const text = (name: string, otherwise: string) => (typeof detail[name] === "string" ? (detail[name] as string) : otherwise);
  const wait = typeof detail.retryAfterMs === "number" ? detail.retryAfterMs : undefined;
  return new ApiError(status, text("code", `HTTP_${status}`), text("message", `HTTP ${status}`), wait, detail);
}
