import { startShop } from "./server.ts";

const { url } = await startShop(Number(process.env["PORT"] ?? 8080));
console.log(`The shop is open at ${url}; open it in two windows.`);
