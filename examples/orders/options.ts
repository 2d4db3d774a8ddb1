import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export interface Options {
  readonly input: string;
  readonly providers: number;
  readonly codec: string;
  readonly help: boolean;
}

const MAX_PROVIDERS = 16;
const codecs = ["json", "msgpack", "protobuf", "avro", "hessian2"];

export const usage = `npm run demo -- [options]

Places every order of a CSV file through every invocation pattern, over tcp, between processes of their own;
kills a provider half way, restarts it, and compares what was asked with what was done.

  --input FILE     orders; default: a sample of 1,000 rows. Columns: id,customer,region,items,note
                   (items: SKU*quantity@price, separated by semicolons)
  --providers N    how many provider processes, 2 to ${MAX_PROVIDERS}; default 3
  --codec NAME     ${codecs.join(", ")}; default msgpack
  --help           this text

The exit code is 0 if every promise was kept, 1 if one was broken or something failed, 2 for bad options or input.`;

/** Throws an `Error` that says what to write instead. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      input: { type: "string" },
      providers: { type: "string", default: "3" },
      codec: { type: "string", default: "msgpack" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const providers = Number(values.providers);
  if (!Number.isInteger(providers) || providers < 2 || providers > MAX_PROVIDERS) {
    throw new Error(
      `--providers ${values.providers}: expected a whole number from 2 to ${MAX_PROVIDERS}; one is killed, another must be there`,
    );
  }
  if (!codecs.includes(values.codec)) throw new Error(`--codec ${values.codec}: expected ${codecs.join(" or ")}`);
  return {
    input: values.input ?? fileURLToPath(new URL("orders.csv", import.meta.url)),
    providers,
    codec: values.codec,
    help: values.help,
  };
}
