import { connect, defineService, type RpcError, rpc, t } from "../../index.ts";

const Echo = defineService("proc.Echo", {}, { echo: rpc({ params: [t.string], returns: t.string }) });
const [endpoint = "", timeoutMs] = process.argv.slice(2);

const client = await connect({ endpoints: [endpoint], timeoutMs: Number(timeoutMs) });
const proxy = await client.refer(Echo, { check: false });
console.log(await proxy.echo("hello").catch((error: RpcError) => `${error.code} ${error.message}`));
await client.close();
