export interface Document {
  readonly id: string;
  readonly text: string;
}

export interface Environment {
  readonly AI: Ai;
  readonly DOCUMENTS: KVNamespace;
  readonly QUEUE: Queue<Document>;
  readonly VECTORIZE: Vectorize;
}

/** What the log may tell beyond the contract's own metadata. */
export type Passed = "document";
