import { RpcError } from "../error.ts";
import { createMetadata, emptyMetadata, type Metadata, type MetadataInput } from "../metadata.ts";

/** Metadata of a call or headers of a message, as a caller or its interceptors gave them. Throws `INVALID_ARGUMENT`. */
export function callMetadata(entries: MetadataInput | undefined): Metadata {
  if (entries === undefined || entries === emptyMetadata) return emptyMetadata;
  try {
    return createMetadata(entries);
  } catch (error) {
    throw new RpcError({ code: "INVALID_ARGUMENT", message: (error as TypeError).message });
  }
}
