import { arg } from "../schema/param.ts";
import { t } from "../schema/t.ts";
import { rpc } from "./definition.ts";
import { defineService } from "./service.ts";

/** Which of two versions is the higher one, as `sort` asks: 10.0.0 is above 9.0.0. */
export function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

const Summary = t.struct("trunkline.ContractSummary", {
  name: t.string,
  version: t.string,
  group: t.string,
  fingerprint: t.string,
});
const Text = t.struct("trunkline.ContractText", {
  /** Another one where anything in the text is another. */
  tag: t.string,
  /** What `printContract` gives, as JSON; left out where the caller has it. */
  contract: t.optional(t.string),
});

/**
 * What every server serves beside its own services, over every wire, unless it was told not to: their contracts, so that they can
 * be called by who never saw them. `client.generic` is the comfortable way.
 */
export const Contracts = defineService(
  "trunkline.Contracts",
  {},
  {
    /** All that clients may bind, what is built in too. */
    list: rpc({ returns: t.list(Summary), idempotent: true }),
    /**
     * Of a service: of a version with the same major number, or of the highest there is, and of a group, or of none. `known` is the
     * tag of what the caller has. `NOT_FOUND` where there is none.
     */
    get: rpc({
      params: [
        arg("service", t.string),
        arg("version", t.optional(t.string)),
        arg("group", t.optional(t.string)),
        arg("known", t.optional(t.string)),
      ],
      returns: Text,
      idempotent: true,
    }),
  },
);
