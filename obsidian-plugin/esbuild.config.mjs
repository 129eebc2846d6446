// Makes main.js, the one file of code that Obsidian loads.
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

const watching = argv.includes("--watch");
const context = await esbuild.context({
  entryPoints: ["src/main.ts"],
  outfile: "main.js",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "es2022",
  external: FROM_THE_APP,
  sourcemap: watching ? "inline" : false,
  logLevel: "info",
});
if (watching) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}
