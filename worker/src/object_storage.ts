/** The storage of a Durable Object: the rows that it reads and writes, which are billed. The runtime's objects stay what they are. */

import { memberOf } from "./bindings/call.ts";
import { runSafely } from "./diagnostics.ts";
import { tryRead } from "./log_text.ts";

/** Adds to the rows that an object has read or written. */
export type CountRows = (metric: "do_rows_read_total" | "do_rows_written_total", rows: number) => void;
type Method = (...args: unknown[]) => unknown;
type Storage = Record<string, unknown>;
/** Returns how many rows a call with these arguments writes. */
type RowsOf = (...args: unknown[]) => number;

/** Keys count one by one, as they are billed. */
const rowsOfPut: RowsOf = (entries) => (typeof entries === "string" ? 1 : Object.keys(Object(entries) as object).length);
const rowsOfDelete: RowsOf = (keys) => (Array.isArray(keys) ? keys.length : 1);
const WRITES: Readonly<Record<string, RowsOf>> = { setAlarm: () => 1, put: rowsOfPut, delete: rowsOfDelete };

/** Counts what a storage, or a transaction of it, reads and writes from now on. */
export function observeStorage(storage: object, count: CountRows): void {
  observeWrites(storage as Storage, count);
  // of an object without SQLite, reading these throws
  observeWrites(Object(tryRead(() => (storage as Storage)["kv"])) as Storage, count);
  const sql = Object(tryRead(() => (storage as Storage)["sql"])) as Storage;
  replaceMethod(sql, "exec", (exec) => (...query) => {
    const cursor = exec(...query);
    return runSafely("", () => observedCursor(cursor as object, count)) ?? cursor;
  });
  replaceMethod(storage as Storage, "transaction", (transaction) => (closure, ...options) => {
    const observed = runSafely("", () => observedClosure(closure as Method, count)) ?? closure;
    return transaction(observed, ...options);
  });
}

function observeWrites(storage: Storage, count: CountRows): void {
  for (const [name, rowsOf] of Object.entries(WRITES)) {
    replaceMethod(storage, name, (method) => (...args) => {
      runSafely("", () => count("do_rows_written_total", rowsOf(...args)));
      return method(...args);
    });
  }
}

const observedClosure = (closure: Method, count: CountRows): Method => (transaction) => {
  runSafely("", () => observeWrites(transaction as Storage, count));
  return closure(transaction);
};

/** Replaces a method of the runtime's object, if it has it, by one that is not listed among its members either. */
function replaceMethod(object: Storage, name: string, replace: (method: Method) => Method): void {
  if (typeof object[name] !== "function") return;
  const value = replace(memberOf(object, name) as Method);
  Object.defineProperty(object, name, { value, writable: true, configurable: true });
}

/** Returns a cursor whose rows are counted as it reads them, which may be long after the query. */
function observedCursor(cursor: object, count: CountRows): object {
  const counted = { rowsRead: 0, rowsWritten: 0 };
  let isScheduled = false;
  const countRows = (): void => {
    isScheduled = false;
    const { rowsRead, rowsWritten } = cursor as typeof counted;
    if (rowsRead > counted.rowsRead) count("do_rows_read_total", rowsRead - counted.rowsRead);
    if (rowsWritten > counted.rowsWritten) count("do_rows_written_total", rowsWritten - counted.rowsWritten);
    Object.assign(counted, { rowsRead, rowsWritten });
  };
  /** Counts once for all that is read before the next I/O. */
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => void runSafely("", countRows));
  };
  schedule();
  return withCalls(cursor, schedule);
}

/** Returns an object, and the iterators that its methods return, with a function that is called before each method. */
function withCalls<Target extends object>(object: Target, before: () => void): Target {
  return new Proxy(object, {
    get(_, key) {
      const member = memberOf(object, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        runSafely("", before);
        const result: unknown = (member as Method)(...args);
        const isIterator = typeof (result as Partial<Iterator<unknown>> | undefined)?.next === "function";
        return isIterator ? (runSafely("", () => withCalls(result as object, before)) ?? result) : result;
      };
    },
  });
}
