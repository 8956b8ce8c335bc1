/** What a panel asks, and the state of its answer. */
import type { DataFrame, TimeRange } from "@grafana/data";
import { useEffect, useState } from "react";
import { filled, scopeOf, type Choices, type Scope } from "./choices";
import type { Panel, Target, Variable } from "./dashboard";
import { transformed } from "./fields";
import { framesOf } from "./frames";
import { instantly, over, Refusal } from "./prometheus";
import { macros, stepSeconds } from "./time";

/** What all panels of a dashboard share: a new object whenever they are to ask again. */
export interface Situation {
  readonly variables: readonly Variable[];
  readonly choices: Choices;
  readonly range: TimeRange;
}

export type Answer =
  | { readonly state: "loading"; readonly frames: DataFrame[] }
  | { readonly state: "answered"; readonly frames: DataFrame[] }
  | { readonly state: "failed"; readonly why: string; readonly unreachable: boolean };

/** The texts that the panel's queries, links and titles may name: its dashboard's choices and Grafana's macros. */
export function scopeWith({ variables, choices, range }: Situation, step: number): Scope {
  const grafanas = macros(range, step);
  const own = scopeOf(variables, choices);
  return (name, format) => grafanas[name] ?? own(name, format);
}

/** The panel's answer for a situation; while a later one is on its way, the frames of the one before. */
export function useAnswer(panel: Panel, situation: Situation | undefined, width: number): Answer {
  const [answer, setAnswer] = useState<Answer>({ state: "loading", frames: [] });
  useEffect(() => {
    if (situation === undefined || width === 0) return undefined;
    const stop = new AbortController();
    setAnswer((before) => ({ state: "loading", frames: before.state === "failed" ? [] : before.frames }));
    asked(panel, situation, width, stop.signal).then(
      (frames) => stop.signal.aborted || setAnswer({ state: "answered", frames }),
      (error: unknown) => stop.signal.aborted || setAnswer(failure(error)),
    );
    return () => stop.abort();
  }, [panel, situation, width]);
  return answer;
}

async function asked(panel: Panel, situation: Situation, width: number, stop: AbortSignal): Promise<DataFrame[]> {
  const step = stepSeconds(situation.range, width);
  const scope = scopeWith(situation, step);
  const one = async (target: Target): Promise<DataFrame[]> => {
    const query = filled(target.expr, scope);
    const { range } = situation;
    const series = target.instant ? await instantly(query, range, stop) : await over(query, range, step, stop);
    return framesOf(target, series, step);
  };
  const frames = (await Promise.all((panel.targets ?? []).map(one))).flat();
  return transformed(panel, frames);
}

function failure(error: unknown): Answer {
  const why = error instanceof Error ? error.message : String(error);
  return { state: "failed", why, unreachable: error instanceof Refusal && error.unreachable };
}
