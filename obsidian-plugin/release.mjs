// Copies what a release is made of into release/, if all files agree on its version. With a tag as its
// argument, that has to agree too: the app looks for the release whose tag is the version, without a “v”.
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ABOVE = dirname(HERE);

/** What the app downloads from a release; the first is made by `npm run build`. */
const DOWNLOADED = ["main.js", "manifest.json", "styles.css"];
/** What the store reads besides, at the root of the plugin's repository. */
const READ = ["versions.json", "README.md"];

const text = (folder, name) => readFile(join(folder, name), "utf8");
const json = async (name) => JSON.parse(await text(HERE, name));

/** What does not agree, a sentence each. */
async function mistakes(tag) {
  const manifest = await json("manifest.json");
  const lock = await json("package-lock.json");
  const program = /^__version__ = "(.*)"$/m.exec(await text(ABOVE, "vaultlint/__init__.py"));
  const versions = {
    "package.json": (await json("package.json")).version,
    "package-lock.json": lock.version,
    "package-lock.json, packages": lock.packages[""].version,
    "vaultlint/__init__.py": program?.[1],
    ...(tag === undefined ? {} : { "the tag": tag }),
  };
  const { version, minAppVersion } = manifest;
  const found = Object.entries(versions)
    .filter(([, other]) => other !== version)
    .map(([place, other]) => `manifest.json has version ${version}, ${place} has ${other}`);
  const needed = (await json("versions.json"))[version];
  if (needed !== minAppVersion) {
    found.push(`manifest.json needs Obsidian ${minAppVersion}, versions.json says ${needed} for ${version}`);
  }
  return found;
}

const found = await mistakes(argv[2]);
if (found.length > 0) {
  console.error(found.join("\n"));
  process.exitCode = 1;
} else {
  const release = join(HERE, "release");
  await rm(release, { recursive: true, force: true });
  await mkdir(release);
  for (const name of [...DOWNLOADED, ...READ]) await copyFile(join(HERE, name), join(release, name));
  await copyFile(join(ABOVE, "LICENSE"), join(release, "LICENSE"));
}
