import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { RpcError } from "../../core/error.ts";
import type { AcceptedSession } from "../../core/link/acceptor.ts";
import { connectionOf, type HttpConnection } from "./connection.ts";

/** A connection that this listener has accepted, in whichever version. */
export class AcceptedConnection implements AcceptedSession {
  readonly connection: HttpConnection;
  readonly #socket: Socket;
  #session: ServerHttp2Session | undefined;
  #handedOver = false;

  constructor(socket: Socket, onLost: (accepted: AcceptedConnection) => void) {
    this.#socket = socket;
    this.connection = connectionOf(socket);
    socket.once("close", () => onLost(this));
  }

  /** It speaks HTTP/2. */
  upgraded(session: ServerHttp2Session): void {
    this.#session = session;
    if (this.connection.closing) session.close();
  }

  /** It speaks another protocol now, and whoever took it ends it. */
  handedOver(): void {
    this.#handedOver = true;
  }

  /** Of HTTP/2 by GOAWAY; of HTTP/1.1 by `connection: close`, and once nothing is under way by its end. */
  goaway(): void {
    const { connection } = this;
    if (this.#handedOver) return;
    connection.closing = true;
    if (this.#session !== undefined) return this.#session.destroyed ? undefined : this.#session.close();
    const end = (): void => void this.#socket.destroySoon();
    if (connection.idle) end();
    // The answer is still on its way.
    else connection.onIdle = () => setImmediate(end);
  }

  cut(error: RpcError): void {
    this.connection.gone(error);
    this.#session?.destroy();
    this.#socket.destroy();
  }
}
