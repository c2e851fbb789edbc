// The pages as they are being written: `node dev.mjs [--port 7171] [--server http://127.0.0.1:7070] [--out DIR]` builds on every change,
// serves the pages and hands everything else, sockets too, to a running `tutti`.
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { mkdtemp, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { follow } from "./build.mjs";

const { values } = parseArgs({
  options: { port: { type: "string", default: "7171" }, server: { type: "string", default: "http://127.0.0.1:7070" }, out: { type: "string" } },
});
const out = path.resolve(values.out ?? (await mkdtemp(path.join(os.tmpdir(), "tutti-web-"))));
const server = new URL(values.server);
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8" };

// As `server/src/http/web/routes.rs` has them.
const PAGES = [
  [/^\/$/, "home"],
  [/^\/r\/[^/]+$/, "party"],
  [/^\/r\/[^/]+\/wall$/, "wall"],
  [/^\/venue(\/[^/]+)?$/, "venue"],
  [/^\/places$/, "places"],
  [/^\/console$/, "console"],
  [/^\/docs$/, "docs"],
];
const CSP =
  "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

async function file(response, name, headers = {}) {
  try {
    const bytes = await readFile(path.join(out, name));
    response.writeHead(200, { "content-type": types[path.extname(name)] ?? "application/octet-stream", "cache-control": "no-store", ...headers });
    response.end(bytes);
  } catch {
    response.writeHead(404).end(`no ${name}`);
  }
}

const listening = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const page = PAGES.find(([pattern]) => pattern.test(pathname));
  if (request.method === "GET" && page) return file(response, `pages/${page[1]}.html`, { "content-security-policy": CSP });
  if (pathname.startsWith("/web/")) return file(response, `assets/${path.basename(pathname)}`);
  const passed = http.request(server, { path: request.url, method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  passed.on("error", (error) => response.writeHead(502).end(String(error)));
  request.pipe(passed);
});
listening.on("upgrade", (request, socket, head) => {
  const other = net.connect(Number(server.port), server.hostname, () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let at = 0; at < request.rawHeaders.length; at += 2) lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`);
    other.write(`${lines.join("\r\n")}\r\n\r\n`);
    other.write(head);
    socket.pipe(other).pipe(socket);
  });
  for (const [one, another] of [[socket, other], [other, socket]]) one.on("error", () => another.destroy()).on("close", () => another.destroy());
});
await follow(out, (errors) => console.log(errors ? `${errors} errors` : `built at ${new Date().toTimeString().slice(0, 8)}`));
listening.listen(Number(values.port), "127.0.0.1", () => console.log(`http://127.0.0.1:${values.port} in front of ${values.server}`));
