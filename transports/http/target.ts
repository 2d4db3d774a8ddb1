import type { CodedOperation } from "../../core/call/addressed.ts";
import type { Media } from "./media-types.ts";

/** What a request calls, and how. */
export interface Target {
  readonly operation: CodedOperation;
  readonly media: Media;
}
