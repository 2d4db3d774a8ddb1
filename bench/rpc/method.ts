/** Printed above the results. */
export const method = `\
An order (229 bytes as JSON: strings, integers, floats, a boolean, a list of three structs; no bigint) is echoed: the
server decodes it fully, hands it to a handler, and encodes what that returns. Each contender has one server process,
one client process and one connection between them on loopback; \`trunkline-memory\` has both in one process. All
processes are up all the time and take turns: each round runs every contender once, beginning with another one each
time, so that drift of the machine hits all; the figures are medians over the rounds. Concurrency N is N loops that
each \`await\` a call before they make the next. The latency of every call is recorded (in process: of every 16th, as
the clock itself would be a tenth of the call). CPU seconds are user + system per 100,000 calls. Spread is the
distance between the slowest and the fastest round, as a share of the median.

- \`raw-tcp-json\`, the limit: frames of a 4-byte length, a 4-byte id and JSON, \`JSON.parse\` and \`JSON.stringify\`,
  parsed in place, written in tuned batches; no contract, validation, deadline or error handling.
- \`trunkline-tcp-json\`, \`-msgpack\`, \`-protobuf\`, \`-avro\`, \`-hessian2\`, \`trunkline-memory\`: the defaults, validation,
  deadline and (in memory) isolation on; \`trunkline-memory-plain\`: with \`inherit: false\`.
- \`trunkline-tcp-bytes\`: an opaque argument and result of 150 bytes instead of the order.
- \`moleculer\`: its TCP transporter with its JSON serializer, logger, metrics and tracing off.
- \`trunkline-http-json\`: the Connect protocol over HTTP/1.1, \`trunkline-http2-json\` over HTTP/2; \`trunkline-http-grpc\`: gRPC over the
  same transport, on one session of HTTP/2. \`trunkline-grpc\`: on @grpc/grpc-js.
- \`trunkline-ws-json\`, \`-msgpack\`: the same as over tcp, over WebSocket.
- \`bare-ws-json\`: the library \`ws\`, a text message of JSON with an id for each call and each reply. \`capnweb\`, \`orpc-ws\`: over
  the same library.
- \`fastify-undici\`: a POST echo without schemas, through undici's \`Pool\`. \`orpc\` and \`trpc\`: their \`node:http\` servers and their
  clients on \`fetch\`, without batches. \`connect-node\`, \`connect-node-http2\`: the Connect protocol with JSON. Over HTTP/1.1 each has
  as many connections as there are calls under way.
- \`bare-http2\`: a stream of one session for each call, JSON, no protocol.
- \`grpc-js\`: unary calls, protobuf through proto-loader.

Memory is the growth of each process after garbage collection, divided by the number of idle connections (of calls,
over four connections, that the handler has not answered yet), in processes that have done nothing else.`;
