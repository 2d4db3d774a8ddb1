export * from "./decorated.js";
export * from "./defined.js";
export * from "./types.js";
