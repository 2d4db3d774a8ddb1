import { InputError } from "./input-error.ts";

/** Loads an optional peer dependency of this package, which reading the file at `path` needs. */
export async function loadLibrary<T>(name: string, path: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new InputError(`${path}: reading it needs ${name}, which is not installed: npm install --save-dev ${name}`);
  }
}
