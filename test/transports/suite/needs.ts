import { expect } from "chai";
import type { Feature } from "../../../core/transport.ts";

/** What a transport may lack, as it says itself by `lacks`, and what no contract can ask for. */
export type Need = Feature | "agreement" | "order" | "instance" | "late head" | "large errors" | "one connection";

/** Why cases that need it cannot be asked of a transport that lacks it. */
export const reasons: Readonly<Record<Need, string>> = {
  oneways: "a message that has no answer cannot be sent",
  callbacks: "the server cannot call the client",
  "server streams": "an answer is one message",
  "client streams": "a request is one message",
  "bidirectional streams": "a request has been sent before its answer begins",
  topics: "nobody delivers messages",
  order: "calls that are under way at once overtake one another, each on a stream of its own",
  instance: "which instance answers nobody knows before it does, so that its endpoint stands for it",
  "late head": "what is set once the head has left travels as trailers",
  "one connection":
    "each call has a connection to itself, which nobody says goodbye on, and how far it runs ahead the buffers of sockets decide",
  "large errors": "what does not fit into the trailers of other frameworks' peers stays behind",
  agreement: "the two sides do not compare contracts before the first call, and the server keeps nothing of who refers",
};

/** By the title of a group of cases, or `group > case`: what they need beside a request and its reply. */
export const needs: Readonly<Record<string, readonly Need[]>> = {
  "callback arguments": ["callbacks"],
  "deadlines > are inherited by what yields the items of a stream, whoever reads them": ["bidirectional streams"],
  "errors that no call carries > of a callback: the client's, and each side says which has it": ["callbacks"],
  "errors that no call carries > of a oneway that the server does not have: the client's": ["agreement"],
  "stream from the server > does not run ahead of its reader without bound": ["bidirectional streams"],
  "pub/sub > loses nothing of a burst of another client": ["order"],
  "pub/sub > counts what a slow handler loses": ["order"],
  "multicast > asks every instance once and shows each failure": ["instance"],
  "errors that no call carries > of a subscriber: its own": ["instance"],
  "reply metadata of a stream > comes again at the end": ["late head"],
  "reply metadata of a stream > comes at the end where nothing was set before": ["late head"],
  "metadata of several values, and of bytes > travel with a stream": ["late head"],
  "trailers > come behind what was set too late for the head": ["late head"],
  "an error too large to travel": ["large errors"],
  "identity > is not waited for where the server closes while it looks at the credentials": ["agreement"],
  "limits > maxConnections refuses one connection too many": ["agreement"],
  "pub/sub > gives all subscriptions of one client each message once": ["one connection"],
  "messages as an async iterator > throws to a client what ends the subscription": ["one connection"],
  "stream to the server > is not drained ahead of a handler that does not read": ["one connection"],
  "close > under load loses no call": ["one connection"],
  "several connections to an endpoint > are one instance": ["instance"],
  "several connections to an endpoint > share the calls": ["one connection"],
  "several connections to an endpoint > all come back when the server does": ["one connection"],
  "stream to the server": ["client streams"],
  "streams in both directions": ["bidirectional streams"],
  "the context > comes after the last declared parameter, whatever the length of the function": ["callbacks"],
  "metadata of an error > of a callback arrives too": ["callbacks"],
  "metadata of an error > of an error from a callback that is not sound stays behind, and the caller's onError is told":
    ["callbacks"],
  "a value that does not fit > is named by service, method and parameter at the caller": ["callbacks"],
  "a value that does not fit > is named at the server that gives it: a result, an item, a callback's argument, a message":
    ["callbacks"],
  "health > is not told where the server does not want it": ["agreement"],
  "a generic call > is needed where a client knows no types: the same method without them is not called": ["agreement"],
  "a generic call > carries every pattern by": ["callbacks", "client streams", "bidirectional streams"],
  "a generic call in JSON > takes and gives what JSON can say": ["callbacks"],
  "contracts > are not told where the server does not want it": ["agreement"],
  "contracts > are fetched again when the server that comes back has another": ["agreement"],
  "what is left out > of a oneway, a stream in either direction and a subscription is there": ["client streams"],
  "what is left out > of a callback's arguments and result is there": ["callbacks"],
  "bad input > unknown service, version and method each get their own error, and harm nothing else": ["agreement"],
  "contract evolution > parameters are matched by name, callbacks and streams among them": ["callbacks"],
  "contract evolution > an added optional field": ["agreement"],
  "contract evolution > a number may be wider": ["agreement"],
  "contract evolution > a changed field is named when the two meet": ["agreement"],
  "limits > maxBindings": ["agreement"],
  "limits > maxCallbacks refuses one function too many": ["callbacks"],
};

/** In a suite: leaves out, as pending, the cases that need what is lacking. Each entry above must be of a case that there is. */
export function leaveOut(lacks: readonly Need[]): void {
  const lacking = (title: string): boolean =>
    Object.entries(needs).some(([start, all]) => title.startsWith(start) && all.some((need) => lacks.includes(need)));
  before("what is left out", function () {
    const titles: string[] = [];
    this.test?.parent?.eachTest((test) => titles.push(titleOf(test)));
    expect(Object.keys(needs).filter((start) => !titles.some((title) => title.startsWith(start)))).to.deep.equal([]);
  });
  beforeEach(function () {
    if (this.currentTest && lacking(titleOf(this.currentTest))) this.skip();
  });
}

function titleOf(test: Mocha.Runnable): string {
  return `${test.parent?.title} > ${test.title}`;
}
