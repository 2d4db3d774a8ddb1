const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const QUALIFIED = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
/** Names that reach a prototype or make a proxy a thenable. */
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype", "then"]);

/** True for what may be the name of a field, a parameter or a member of an enum. */
export function isName(name: string, pattern = NAME): boolean {
  return typeof name === "string" && pattern.test(name) && !FORBIDDEN.has(name);
}
export function isQualifiedName(name: string): boolean {
  return isName(name, QUALIFIED);
}
export function checkName(what: string, name: string, pattern = NAME): void {
  if (!isName(name, pattern)) {
    throw new TypeError(`${what}: ${JSON.stringify(name)} is not a usable name; use letters, digits and _`);
  }
}
export function checkQualifiedName(what: string, name: string): void {
  checkName(what, name, QUALIFIED);
}
