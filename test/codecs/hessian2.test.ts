import { hessian2 } from "../../codecs/hessian2/index.ts";
import { codecSuite } from "./suite.ts";

const cycles = "as a Java exception does that is its own cause";
codecSuite("hessian2", hessian2(), { cycles });
codecSuite("hessian2, without cycles", hessian2({ cycles: false }));
codecSuite("hessian2, exact", hessian2({ exact: true }), { cycles });
