// A request as data, so that it can be sent, shown and copied; and the sending of it.
import { ApiError } from "../../shared/api";

export interface Call {
  method: "GET" | "POST";
  path: string;
  query: readonly (readonly [name: string, value: string])[];
  body?: Record<string, unknown>;
  /** Needs the API key. */
  key?: boolean;
}

export interface Received<T> {
  value: T;
  bytes: number;
  /** Milliseconds from asking to having read the answer. */
  ms: number;
}

export const VERSION = "2024-07-01";

/** A request of the Azure API on an index. */
export const azure = (index: string, operation: string, body?: Record<string, unknown>): Call => ({
  method: body ? "POST" : "GET",
  path: `/indexes/${encodeURIComponent(index)}${operation}`,
  query: [["api-version", VERSION]],
  ...(body ? { body } : {}),
  key: true,
});

export function target(call: Call): string {
  const query = new URLSearchParams(call.query.map(([name, value]) => [name, value])).toString();
  return query ? `${call.path}?${query}` : call.path;
}

/** @throws ApiError; the `AbortError` of fetch when aborted. */
export async function send<T>(call: Call, { key, signal }: { key?: string; signal?: AbortSignal } = {}): Promise<Received<T>> {
  const headers: Record<string, string> = {};
  if (call.body) headers["content-type"] = "application/json";
  if (call.key && key) headers["api-key"] = key;
  const started = performance.now();
  let response: Response;
  let buffer: ArrayBuffer;
  try {
    response = await fetch(target(call), { method: call.method, headers, body: call.body ? JSON.stringify(call.body) : null, signal: signal ?? null });
    buffer = await response.arrayBuffer();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "OFFLINE", String(error));
  }
  const value = parsed(new TextDecoder().decode(buffer));
  if (!response.ok) {
    const detail = (value as { error?: Record<string, unknown> } | undefined)?.error ?? {};
    throw new ApiError(response.status, String(detail.code ?? `HTTP_${response.status}`), String(detail.message ?? `HTTP ${response.status}`), undefined, detail);
  }
  return { value: value as T, bytes: buffer.byteLength, ms: performance.now() - started };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
