import { RpcError } from "../error.ts";

/** Loads a library that an adapter stands on and that its user installs; `load` is the `import()` itself, for bundlers to see. */
export async function library<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as { readonly code?: unknown };
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    const message = `this transport needs ${name}, which is not installed: npm install ${name}`;
    throw new RpcError({ code: "FAILED_PRECONDITION", message, cause });
  }
}
