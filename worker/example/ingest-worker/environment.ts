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

/** The metadata keys that this service logs in addition to those of the contract. */
export type Passed = "document";
