import { expect } from "chai";
import type { Frame } from "./frames.ts";

/** The reason in the CUT that is the last frame. */
export function cutReason(frames: readonly Frame[]): { readonly code: number; readonly message: string } {
  const last = frames.at(-1);
  expect(last?.type).to.equal("CUT");
  return JSON.parse((last as Frame).body.toString());
}
