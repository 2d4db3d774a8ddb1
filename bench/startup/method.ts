/** Printed above the results. */
export const method = `\
A program that has nothing yet loads the library, declares a service of one method, connects to it and calls it once with the
order of the question of calls, on loopback. Each program runs in a fresh process, which has loaded Node, \`node:assert\` and
\`node:inspector\` before the clock starts; the programs take turns, each round beginning with another one; the figures are
medians over the rounds. The server is up all the time and has answered before. Ours is what \`npm run build\` makes of the
sources, which puts modules together that are loaded together; the others are as their packages come. CPU is user + system of the client's process for all three steps, RSS what the
process grew by. Files and characters of source are those that V8 has compiled, counted in a run of their own.

- \`raw-tcp-json\`, the limit: a socket, \`JSON.stringify\` and \`JSON.parse\`.
- \`trunkline\`: tcp and msgpack, the defaults. Connect is \`connect\` and \`refer\`.
- \`grpc-js\` with proto-loader; connect is \`waitForReady\`.`;
