import type { Question } from "./question.ts";

/** One per file: `npm run bench -- <question> [options]`. */
const questions: Readonly<Record<string, { readonly about: string; load(): Promise<{ question: Question }> }>> = {
  rpc: {
    about: "how fast is a call, beside a hand-written TCP echo, grpc-js and moleculer?",
    load: () => import("./rpc.ts"),
  },
  patterns: {
    about: "how fast are oneways, streams and fan-out, beside grpc-js, ws, socket.io, NATS and moleculer?",
    load: () => import("./patterns.ts"),
  },
  startup: {
    about: "what does a client cost before its first answer, beside grpc-js?",
    load: () => import("./startup.ts"),
  },
  codecs: {
    about: "how fast is a codec, and how many bytes does it make, beside the libraries that do the same?",
    load: () => import("./codecs.ts"),
  },
  profile: { about: "which functions took the time in a CPU profile?", load: () => import("./profile.ts") },
};

const usage = [
  "npm run bench -- <question> [options]     (<question> --help lists its options)",
  "",
  ...Object.entries(questions).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`),
].join("\n");

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h") {
    console.log(usage);
    return name === undefined ? 2 : 0;
  }
  const entry = Object.hasOwn(questions, name) ? questions[name] : undefined;
  if (entry === undefined) {
    console.error(`unknown question "${name}"\n\n${usage}`);
    return 2;
  }
  const { question } = await entry.load();
  if (args.includes("--help") || args.includes("-h")) {
    console.log(question.usage);
    return 0;
  }
  return question.run(args);
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exit(1);
}
