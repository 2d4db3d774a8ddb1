/** True where the two types are the same, `any` and optional members included. */
export type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles only if the two types are the same. These files are compiled, never run. */
export declare function same<A, B>(...differ: Equal<A, B> extends true ? [] : [{ readonly a: A; readonly b: B }]): void;

/** Some value of that type. */
export declare function some<T>(): T;
