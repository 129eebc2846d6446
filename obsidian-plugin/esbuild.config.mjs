// Makes main.js, the one file of code that Obsidian loads.
import { appendFile, readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { argv } from "node:process";
import esbuild from "esbuild";

/** What the app brings: its own API, its editor, and Node. */
const FROM_THE_APP = [
  "obsidian",
  "electron",
  "@codemirror/*",
  "@lezer/*",
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
];

/** The licences of the packages that a bundle contains, as a comment: they ask to be where the code is. */
async function licences({ inputs }) {
  const names = Object.keys(inputs).map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const texts = [...new Set(names)]
    .filter((name) => name !== undefined)
    .map(async (name) => {
      return `${name}\n\n${await readFile(`node_modules/${name}/License.txt`, "utf8")}`;
    });
  return `/*!\nThis file contains the packages below.\n\n${(await Promise.all(texts)).join("\n\n")}\n*/\n`;
}

const outfile = "main.js";
const watching = argv.includes("--watch");
const context = await esbuild.context({
  entryPoints: ["src/main.ts"],
  outfile,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "es2022",
  external: FROM_THE_APP,
  sourcemap: watching ? "inline" : false,
  logLevel: "info",
  metafile: true,
});
if (watching) {
  await context.watch();
} else {
  const { metafile } = await context.rebuild();
  await context.dispose();
  await appendFile(outfile, await licences(metafile));
}
