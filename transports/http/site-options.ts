import { checkOptions, kinds, type OptionTable } from "../../core/options.ts";
import { Cors, type CorsOptions } from "./cors.ts";

/** What a listener and a door can be told of those who answer requests. */
export interface SiteOptions {
  /** Which pages of other origins may call. Default: none. */
  readonly cors?: CorsOptions | true;
  /** How often a stream of server-sent events says that it is alive, in milliseconds. Default 15,000. */
  readonly heartbeatMs?: number;
  /** Messages of at least so many bytes are compressed, where the peer takes that. Default 1,024. */
  readonly minCompressBytes?: number;
  /**
   * Whether a page at `/_trunkline` shows what is served, and `/_trunkline/openapi.json` describes it; never with
   * `serve({ reflection: false })`. Default `true`.
   */
  readonly page?: boolean;
}

export const siteTable: OptionTable<SiteOptions> = {
  cors: kinds.anything,
  heartbeatMs: kinds.milliseconds,
  minCompressBytes: kinds.amount,
  page: kinds.flag,
};

export interface ResolvedSiteOptions {
  readonly cors: Cors | undefined;
  readonly heartbeatMs: number;
  readonly minCompressBytes: number;
  readonly page: boolean;
}

export function resolveSiteOptions(door: string, given: SiteOptions = {}): ResolvedSiteOptions {
  const options = checkOptions(door, given, siteTable);
  const { cors, heartbeatMs = 15_000, minCompressBytes = 1024, page = true } = options;
  return {
    cors: cors === undefined ? undefined : new Cors(cors === true ? {} : cors),
    heartbeatMs,
    minCompressBytes,
    page,
  };
}
