// Builds the pages: `node build.mjs OUT [--watch]`. OUT gets `pages/NAME.html` and `assets/FILE` with `.br` and `.gz` beside each.
// Every page is `src/NAME/main.tsx`; names of assets carry a hash of their content.
import { build, context } from "esbuild";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** The pages, with what stands in the tab before a script runs. */
export const PAGES = {
  home: "Tutti",
  party: "Tutti · Party",
  wall: "Tutti · On the wall",
  venue: "Tutti · Venue",
  places: "Tutti · Find a place",
  console: "Tutti · Search console",
  docs: "Tutti · The API",
};

const options = (pages, watch) => ({
  absWorkingDir: here,
  entryPoints: Object.fromEntries(pages.map((page) => [page, `src/${page}/main.tsx`])),
  outdir: "assets",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox114", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/web",
  loader: { ".woff2": "file", ".png": "file", ".svg": "file" },
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  define: { "process.env.NODE_ENV": watch ? '"development"' : '"production"' },
  logLevel: "warning",
});

/** The page around a script: nothing in it is inline code, so that the Content-Security-Policy needs no exception. */
function html(title, styles, scripts, fonts) {
  const links = [
    ...fonts.map((file) => `<link rel="preload" href="/web/${file}" as="font" type="font/woff2" crossorigin>`),
    ...styles.map((file) => `<link rel="stylesheet" href="/web/${file}">`),
    ...scripts.slice(1).map((file) => `<link rel="modulepreload" href="/web/${file}">`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="dark light">
<title>${title}</title>
<link rel="icon" href="/web/icon.svg" type="image/svg+xml">
${links.join("\n")}
<!--head-->
<script type="module" src="/web/${scripts[0]}"></script>
</head>
<body>
<div id="app"><!--view--></div>
</body>
</html>
`;
}

/** Scripts that an output imports at once, itself first. */
function imported(outputs, first) {
  const seen = [first];
  for (const one of seen) {
    for (const { path: other, kind } of outputs[one].imports) {
      if (kind === "import-statement" && !seen.includes(other)) seen.push(other);
    }
  }
  return seen;
}

/** The licences of what went into the files, as their authors want them to be passed on. */
async function licences(inputs) {
  const found = new Set(Object.keys(inputs).map((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
  const texts = [];
  for (const name of [...found].sort()) {
    const folder = path.join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
    texts.push(`${name} ${version} (${license})\n\n${file ? (await readFile(path.join(folder, file), "utf8")).trim() : ""}\n`);
  }
  return Buffer.from(texts.join(`\n${"-".repeat(80)}\n\n`));
}

/** Writes what was built. `ship`: compressed, and nothing older beside it; while pages are being written neither is wanted. */
async function put(out, result, pages, ship) {
  const assets = path.join(out, "assets");
  if (ship) await rm(out, { recursive: true, force: true });
  await mkdir(path.join(out, "pages"), { recursive: true });
  await mkdir(assets, { recursive: true });
  const files = new Map(result.outputFiles.map((file) => [path.basename(file.path), file.contents]));
  files.set("icon.svg", await readFile(path.join(here, "src/shared/icon.svg")));
  files.set("licences.txt", await licences(result.metafile.inputs));
  for (const [name, bytes] of files) {
    await writeFile(path.join(assets, name), bytes);
    if (!ship || name.endsWith(".woff2")) continue;
    await writeFile(path.join(assets, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    await writeFile(path.join(assets, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
  const { outputs } = result.metafile;
  const base = (file) => path.basename(file);
  for (const page of pages) {
    const entry = Object.keys(outputs).find((file) => outputs[file].entryPoint === `src/${page}/main.tsx`);
    const css = outputs[entry].cssBundle ? [base(outputs[entry].cssBundle)] : [];
    const fonts = [...files.keys()].filter((file) => file.startsWith("figtree-latin-wght-normal"));
    const text = html(PAGES[page], css, imported(outputs, entry).map(base), fonts);
    await writeFile(path.join(out, "pages", `${page}.html`), text);
  }
}

/** The pages that have a beginning. */
const written = () => Object.keys(PAGES).filter((page) => existsSync(path.join(here, "src", page, "main.tsx")));

/** Builds once, as it is shipped; throws when a page does not compile. */
async function make(out) {
  const pages = written();
  await put(out, await build(options(pages, false)), pages, true);
}

/** Builds again whenever a source changes; `done` is called after each. */
export async function follow(out, done) {
  const pages = written();
  const plugin = {
    name: "put",
    setup: (it) => it.onEnd(async (result) => {
      if (result.errors.length === 0) await put(out, result, pages, false);
      done(result.errors.length);
    }),
  };
  const watching = await context({ ...options(pages, true), plugins: [plugin] });
  await watching.watch();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = path.resolve(process.argv[2] ?? "dist");
  await make(out);
}
