/** What a user can put right: the command line prints it without a stack, exit code 2. Its message says what to do. */
export class InputError extends Error {
  override readonly name = "InputError";
}
