import { absentCode } from "./check.ts";
import { compileCopy } from "./copy.ts";
import type { Source } from "./source.ts";
import type { Field } from "./type.ts";

/** The code of what stands for an absent field: its default, a copy of it where it can be written to, or zero. */
export function absentLiteral(source: Source, field: Field): string | undefined {
  return absentCode(source, field, ({ type, defaultValue }) => {
    const copy = compileCopy(type);
    return () => copy(defaultValue);
  });
}
