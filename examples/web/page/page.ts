import { json } from "../../../codecs/json/index.ts";
import { connect, RpcError } from "../../../web.ts";
import { type Line, type Order, OutOfStock, Shop } from "../contract.ts";

const ROOM = "lobby";

function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

function tell(state: "on" | "off", text: string): void {
  byId("state").className = state;
  byId("state").textContent = text;
}

function onSubmit(form: HTMLFormElement, submit: (values: FormData) => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(new FormData(form));
  });
}

function showOrder({ id, customer, sku, quantity, placedAt }: Order): void {
  const row = byId<HTMLTableSectionElement>("orders").insertRow(0);
  for (const text of [String(id), customer, sku, String(quantity), placedAt.toLocaleTimeString()]) {
    row.insertCell().textContent = text;
  }
}

function showLine({ from, text }: Line): void {
  const who = document.createElement("b");
  who.textContent = from;
  const line = document.createElement("li");
  line.append(who, text);
  byId("lines").append(line);
  line.scrollIntoView({ block: "nearest" });
}

const { host, origin, protocol } = location;
// Calls need no connection; what the other way alone carries, the chat, is left out of this one.
const calls = await connect({ endpoints: [origin], codec: json() });
const desk = await calls.refer(Shop, { partial: true });
const client = await connect({
  endpoints: [`${protocol === "https:" ? "wss" : "ws"}://${host}/rpc`],
  codec: json(),
  // What no call can carry, such as the loss of a subscription, which comes back by itself.
  onError: (error) => console.info(String(error)),
});
const shop = await client.refer(Shop);

onSubmit(byId("order"), async (values) => {
  const placed = byId("placed");
  try {
    const quantity = Number(values.get("quantity"));
    const { id } = await desk.place(String(values.get("customer")), String(values.get("sku")), quantity);
    placed.className = "";
    placed.textContent = `Order ${id} is placed.`;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    placed.className = "wrong";
    placed.textContent = error instanceof OutOfStock ? `Only ${error.left} of ${error.sku} left.` : error.message;
  }
});

onSubmit(byId("chat"), async (values) => {
  byId<HTMLFormElement>("chat").querySelector<HTMLInputElement>("[name=text]")?.form?.reset();
  const line = { from: String(values.get("from")), text: String(values.get("text")) };
  await shop.chat.publish(line, { key: ROOM });
});

await shop.chat.subscribe(showLine, { key: ROOM });

for (;;) {
  try {
    tell("on", "connected");
    byId("orders").replaceChildren();
    for await (const order of shop.watch()) showOrder(order);
  } catch (error) {
    tell("off", error instanceof RpcError ? error.code.toLowerCase() : "lost");
    // A stream that was lost is not begun again by itself; a call waits until there is a server again.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
