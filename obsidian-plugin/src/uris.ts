/** Notes by path in the vault, as Obsidian names them, and by URI, as the server does. */
export class VaultUris {
  /** The vault's folder as a URI, with a slash at the end. */
  readonly root: string;

  /** `folder` is the absolute path of the vault on this machine, of Windows or of POSIX. */
  constructor(folder: string) {
    const path = folder.replace(/\\/g, "/").replace(/\/+$/, "");
    this.root = `file://${encoded(path.startsWith("/") ? path : `/${path}`)}/`;
  }

  /** The URI of the file at a path in the vault. */
  of(path: string): string {
    return this.root + encoded(path);
  }

  /** The path in the vault of a URI, however it is escaped; null for files outside. */
  path(uri: string): string | null {
    const found = decoded(uri);
    const root = decoded(this.root);
    return found !== null && root !== null && found.startsWith(root) ? found.slice(root.length) : null;
  }
}

function encoded(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The path of a file URI; null for other URIs. A drive has its letter in upper case. */
function decoded(uri: string): string | null {
  if (!uri.startsWith("file:///")) return null;
  try {
    return decodeURIComponent(uri.slice("file://".length)).replace(/^\/([a-z]):/, (_, drive: string) => {
      return `/${drive.toUpperCase()}:`;
    });
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
