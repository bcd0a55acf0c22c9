// What the bench calls in threads.
export const nothing = () => {};
export const length = (bytes) => bytes.length;
export const rows = (list) => list.length;
/** Fibonacci's way of keeping a processor busy. */
export const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
/** piscina hands over one value: the name of the function's own argument. */
export const call = ({ name, args }) => ({ nothing, length, rows, fibonacci })[name](...args);
