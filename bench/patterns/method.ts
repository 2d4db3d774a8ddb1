import { oneways } from "./oneways.ts";

const number = (value: number) => value.toLocaleString("en");

/** Printed above the results. */
export const method = `\
The value is the order of the question of calls (229 bytes as JSON), decoded fully wherever it arrives. Each contender has
one server process and one client process on loopback, new ones for each pattern; all that take part in a pattern are up
together and take turns: each round runs every one of them once, beginning with another one each time. The figures are
medians over the rounds; spread is the distance between the slowest and the fastest round, as a share of the median. CPU
seconds are user + system per 100,000 of what is counted. The first value of a round trip, stream or topic is compared whole,
every other one by a number and the length of a list; every count must come out exactly, or the contender fails.

- Request and reply: 128 loops that each \`await\` a call before they make the next.
- Oneway: bursts of ${oneways.burst} with a turn of the event loop between them, at most ${number(oneways.ahead)} ahead of the \
server's handler, which
  tells how far it is on a connection of the harness. The rate is the handler's, until the last one has been handled.
  \`caller alone\` is what the caller could hand over in a second, counting only the time inside of its own calls.
- Server and client stream: streams of 20,000 items, one after another. Bidirectional: the same with an echo of each item, 64
  unanswered at the most. Ours are made by \`async function*\` and read by \`for await\`; \`trunkline-plain-iterator\` makes
  them by an iterator without a generator.
- Fan-out: the server publishes 16 messages at a time (64 by key), and is at most 64 (512) ahead of the subscribers, who tell
  on a connection of the harness: far fewer than anyone buffers, so that nothing is dropped. A delivery is one call of one
  handler. By key: of 100 keys each subscriber has one, so that 10 get each message.

- \`raw-tcp-json\`, the limit: frames of a 4-byte length, a 4-byte id and JSON, written in batches; no contract, validation,
  deadline or error handling. A message is encoded once and goes once to each connection, where it is handed out.
- \`trunkline-tcp-json\`, \`-msgpack\` (the default codec): everything else is the default. \`trunkline-plain\`: with
  \`inherit: false\` on both sides.
- \`grpc-js\`: protobuf through proto-loader. \`ws\`: text frames of JSON, encoded once, one per connection, handed out there.
  \`socket.io\`: WebSocket only, a room for each key. \`nats\`: a real nats-server on the CPU of the server process (its own
  CPU seconds are not counted), JSON as payload. \`moleculer\`: its TCP transporter with its JSON serializer, logger, metrics
  and tracing off; oneway is \`emit\`, publish is \`broadcast\`; it has no 1,000 clients, since each would be a node of its
  own that knows all others.`;
