import { json } from "../../codecs/json/light.ts";
import { codecSuite } from "./suite.ts";

codecSuite("json of a browser", json(), {
  trusting: "a page trusts its server, and the client has compared the contracts",
});
