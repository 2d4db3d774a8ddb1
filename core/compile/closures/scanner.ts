const TOKEN =
  /\s*([A-Za-z_]\w*|\d+(?:\.\d+)?(?:e[-+]?\d+)?n?|"(?:[^"\\]|\\.)*"|>>>|[!=]==|\?\?=|<<|&&|\|\||\?\?|\+\+|--|[-+<>]=|[-+*/%&|^!<>=?:.,;(){}[\]`])/y;

/** Goes through the text of a program, one token after the other. */
export class Scanner {
  readonly #text: string;
  /** The present token as it is written; "" at the end. */
  token = "";
  /** Where the present token ends. */
  #end = 0;

  constructor(text: string) {
    this.#text = text;
    this.next();
  }

  /** Moves on, and returns the token that was present. */
  next(): string {
    const { token } = this;
    TOKEN.lastIndex = this.#end;
    const found = TOKEN.exec(this.#text);
    if (found === null && /\S/.test(this.#text.slice(this.#end))) throw this.unexpected(this.#text[this.#end]);
    this.token = found?.[1] ?? "";
    this.#end = found === null ? this.#text.length : TOKEN.lastIndex;
    return token;
  }

  /** Moves on if the present token is `token`. */
  take(token: string): boolean {
    if (this.token !== token) return false;
    this.next();
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.unexpected();
  }

  name(): string {
    if (!/^[A-Za-z_]/.test(this.token)) throw this.unexpected();
    return this.next();
  }

  /** The text of a template literal up to its next expression, or to its end; the opening sign is the present token. */
  template(): { readonly text: string; readonly ends: boolean } {
    const text = this.#text.slice(this.#end).match(/^(?:[^`$\\]|\$(?!\{))*/)?.[0] ?? "";
    this.#end += text.length;
    const ends = this.#text[this.#end] === "`";
    // The dollar before an expression's brace is no token, and no name in these programs either.
    if (!ends) this.#end++;
    this.next();
    return { text, ends };
  }

  unexpected(token = this.token): SyntaxError {
    return new SyntaxError(`${JSON.stringify(token)} is no code that Source writes, before ${this.#end}`);
  }
}
