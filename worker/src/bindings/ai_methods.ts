/** The methods of Workers AI, AI Gateway and AI Search that call models or search documents. Others are not observed. */

import type { Context } from "../context.ts";
import { type AiRequest, observeAiMethod } from "./ai.ts";
import { type AsyncFunction, observedResult, withReplacedMembers } from "./call.ts";

/** Returns a member in place of the original. */
type Member = (original: AsyncFunction, binding: string, context: Context) => unknown;
type Members = Readonly<Record<string, Member>>;

const observeMembers =
  (members: Members) =>
  <Target extends object>(object: Target, binding: string, context: Context): Target =>
    withReplacedMembers(object, members, (member, _, original) => original && member(original, binding, context));

const method =
  (message: string, read: (args: never) => AiRequest): Member =>
  (original, binding, context) =>
    observeAiMethod(message, read as never, original, binding, context);

/** A method that returns an object with these members, and calls nothing. */
const factory =
  (members: Members): Member =>
  (create, binding, context) =>
  (...args: unknown[]) =>
    observedResult(context, create(...args), (result) => observeMembers(members)(result as never, binding, context));

/** What is not known before the answer. */
const inputsOnly = ([inputs]: unknown[]): AiRequest => ({ inputs, modelOf: () => undefined });

/** A search names no model, unless it generates an answer; the instance's own is in the answer, if anywhere. */
const search = (message: string): Member =>
  method(message, ([inputs]: [{ model?: string } | undefined]) => ({ inputs, isRetrieval: true, modelOf: () => inputs?.model }));

const AUTORAG: Members = { search: search("AI autorag search"), aiSearch: search("AI autorag aiSearch") };
/** Of an instance, and of a namespace, which may search several. */
const AI_SEARCH: Members = {
  search: search("AI Search search"),
  chatCompletions: search("AI Search chatCompletions"),
  get: (...args) => factory(AI_SEARCH)(...args),
};

/** A request to a provider, by AI Gateway's universal endpoint. */
interface GatewayRequest {
  readonly provider: string;
  readonly endpoint: string;
  readonly query?: { readonly model?: unknown } | undefined;
}
/** The header of an answer that says which of several requests it is of, from 0 on. */
const STEP_HEADER = "cf-aig-step";

/** The first request is asked, and each further one if the request before it fails. */
function readGatewayRequests([data]: [GatewayRequest | GatewayRequest[]]): AiRequest {
  const requests = [data].flat();
  return {
    inputs: requests.map(({ query }) => query),
    asked: gatewayModel(requests[0]),
    modelOf(answer) {
      const { headers, ok } = Object(answer) as Partial<Response>;
      const step = headers?.get(STEP_HEADER) ?? (requests.length > 1 && ok ? undefined : 0);
      return gatewayModel(requests[Number(step)]);
    },
  };
}

/** Returns the model's name as AI Gateway writes it: that of Workers AI alone, others with their provider. */
function gatewayModel({ provider, endpoint, query }: Partial<GatewayRequest> = {}): string | undefined {
  const { model } = query ?? {};
  const isWorkersAi = provider === "workers-ai";
  if (typeof model !== "string") return isWorkersAi ? endpoint : undefined;
  return isWorkersAi || provider === "compat" ? model : `${provider}/${model}`;
}

const CONVERT = method("AI toMarkdown", inputsOnly);
const CONVERTER = factory({ transform: CONVERT });
const AI: Members = {
  run: method("AI run", ([model, inputs]: [string, unknown]) => ({ inputs, modelOf: () => model })),
  gateway: factory({ run: method("AI gateway run", readGatewayRequests) }),
  autorag: factory(AUTORAG),
  aiSearch: factory(AI_SEARCH),
  toMarkdown(...original) {
    const [convert, createConverter] = [CONVERT(...original), CONVERTER(...original)] as AsyncFunction[];
    return (...args: unknown[]) => (args[0] ? convert : createConverter)!(...args);
  },
};

export const observeAi = observeMembers(AI);
export const observeAiSearch = observeMembers(AI_SEARCH);
