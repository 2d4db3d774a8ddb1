import type { Codec } from "../../core/codec.ts";

export type Protocol = "connect" | "connect-stream" | "grpc" | "grpc-web" | "grpc-web-text";

/** What a content type says. */
export interface Media {
  readonly protocol: Protocol;
  readonly codec: Codec;
  /** As it is written back. */
  readonly type: string;
}

const prefixes: readonly (readonly [Protocol, string])[] = [
  ["connect", "application/"],
  ["connect-stream", "application/connect+"],
  ["grpc", "application/grpc+"],
  ["grpc-web", "application/grpc-web+"],
  ["grpc-web-text", "application/grpc-web-text+"],
];
/** Without a suffix these mean Protobuf. */
const bare = ["grpc", "grpc-web", "grpc-web-text"] as const;
const APPLICATION = "application/";

/** Of the names that a codec has, the one that it is written by. */
function mainSuffix({ mediaTypes: [first = ""] }: Codec): string {
  return first.slice(APPLICATION.length);
}

/** What a codec is called behind `application/`; the first is written. One whose types are others goes by its own name. */
export function suffixesOf({ name, mediaTypes }: Codec): readonly [string, ...string[]] {
  const [first, ...more] = mediaTypes.filter((type) => type.startsWith(APPLICATION));
  return first === undefined
    ? [name]
    : [first.slice(APPLICATION.length), ...more.map((type) => type.slice(APPLICATION.length))];
}

/** The content types of all protocols in all codecs. */
export class MediaTypes {
  readonly #known = new Map<string, Media>();

  constructor(codecs: Iterable<Codec>) {
    for (const codec of codecs) {
      for (const suffix of suffixesOf(codec)) {
        for (const [protocol, prefix] of prefixes) {
          const type = prefix + suffix;
          this.#known.set(type, { protocol, codec, type });
        }
        if (suffix !== "proto") continue;
        for (const protocol of bare) {
          const type = `application/${protocol}`;
          this.#known.set(type, { protocol, codec, type });
        }
      }
    }
  }

  /** Of a header `content-type`, whatever its case and parameters; `undefined` where it is none of ours. */
  of(header: string): Media | undefined {
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const semicolon = header.indexOf(";");
    return this.#known.get((semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase());
  }

  /** All but those of one protocol, for `Accept-Post`. */
  without(protocol: Protocol): readonly string[] {
    const main = [...this.#known.values()].filter(({ type, codec }) => type.endsWith(mainSuffix(codec)));
    return main.filter((media) => media.protocol !== protocol).map(({ type }) => type);
  }
}
