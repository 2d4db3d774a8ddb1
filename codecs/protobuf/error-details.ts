import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { Duration } from "./well-known-types.ts";

/*
 * The details that servers of other frameworks tell errors by (https://cloud.google.com/apis/design/errors#error_details,
 * google/rpc/error_details.proto).
 */

export const standardDetails: ReadonlyMap<string, StructType> = new Map(
  [
    t.struct("google.rpc.ErrorInfo", { reason: t.string, domain: t.string, metadata: t.map(t.string) }),
    t.struct("google.rpc.RetryInfo", { retryDelay: t.optional(Duration) }),
    t.struct("google.rpc.DebugInfo", { stackEntries: t.list(t.string), detail: t.string }),
    t.struct("google.rpc.QuotaFailure", {
      violations: t.list(t.struct("google.rpc.QuotaFailure.Violation", { subject: t.string, description: t.string })),
    }),
    t.struct("google.rpc.PreconditionFailure", {
      violations: t.list(
        t.struct("google.rpc.PreconditionFailure.Violation", {
          type: t.string,
          subject: t.string,
          description: t.string,
        }),
      ),
    }),
    t.struct("google.rpc.BadRequest", {
      fieldViolations: t.list(
        t.struct("google.rpc.BadRequest.FieldViolation", { field: t.string, description: t.string, reason: t.string }),
      ),
    }),
    t.struct("google.rpc.RequestInfo", { requestId: t.string, servingData: t.string }),
    t.struct("google.rpc.ResourceInfo", {
      resourceType: t.string,
      resourceName: t.string,
      owner: t.string,
      description: t.string,
    }),
    t.struct("google.rpc.Help", {
      links: t.list(t.struct("google.rpc.Help.Link", { description: t.string, url: t.string })),
    }),
    t.struct("google.rpc.LocalizedMessage", { locale: t.string, message: t.string }),
  ].map((type): [string, StructType] => [type.name, type]),
);
