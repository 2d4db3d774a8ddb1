import { Misfit } from "../../core/compile/misfit.ts";
import { RpcError } from "../../core/error.ts";
import { ListNode, MapNode, ObjectNode } from "./node.ts";

/** A value that does not fit, named by the class that it has in the message. */
class WrongClass extends Misfit {
  override toError(): RpcError {
    const name = this.value as string;
    return new RpcError({
      code: "INVALID_ARGUMENT",
      message: `${this.path === "" ? "the value" : this.path}: expected ${this.expected}, got an object of the class ${name.length > 60 ? `${name.slice(0, 60)}…` : name}`,
    });
  }
}

/** The error for a node that is not what was expected. */
export function misfit(expected: string, node: unknown, path = ""): Misfit {
  if (node instanceof ObjectNode) return new WrongClass(path, expected, node.shape.name);
  if (node instanceof ListNode) return new Misfit(path, expected, node.items);
  return new Misfit(path, expected, node instanceof MapNode ? {} : node);
}
