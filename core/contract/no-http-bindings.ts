import type { HttpBinding } from "./http-rule.ts";

/** Takes the place of http-bindings.ts in browsers, by `browser` in package.json: who only calls does without the paths of REST. */
export function httpBindings(): readonly HttpBinding[] {
  return Object.freeze([]);
}

export function checkPaths(): void {}
