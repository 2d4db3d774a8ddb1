import { library } from "../../core/link/library.ts";

/** The library `ws`, which its user installs. */
export const loadWs = () => library("ws", () => import("ws"));
