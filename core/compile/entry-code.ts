import { roomFor } from "./entry.ts";
import { setOwn } from "./plain.ts";
import type { Source } from "./source.ts";

/** The code that puts entries into the map `target`, which it makes. */
export function entryCode(source: Source, target: string): (key: string, value: string) => string {
  const [indexes, first] = [source.local("x"), source.local("c")];
  const [room, set] = [source.constant("roomFor", roomFor), source.constant("setOwn", setOwn)];
  source.line(`${target} = {}; let ${indexes} = 0;`);
  // The first character tells nearly every name from those that need care.
  return (key, value) =>
    `const ${first} = ${key}.charCodeAt(0); if (${first} < 58) ${indexes} = ${room}(${target}, ${key}, ${indexes}); if (${first} === 95 && ${key} === "__proto__") ${set}(${target}, ${key}, ${value}); else ${target}[${key}] = ${value};`;
}
