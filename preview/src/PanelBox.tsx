import { LoadingState, type InterpolateFunction } from "@grafana/data";
import { ErrorBoundary, PanelChrome, useTheme2 } from "@grafana/ui";
import { useMemo, type ReactElement } from "react";
import type { Span } from "./annotations";
import { useAnswer, type Answer, type Situation } from "./asking";
import { changed, goTo } from "./address";
import type { Panel } from "./dashboard";
import { dressed } from "./fields";
import { replacing } from "./links";
import { nothing } from "./panels/drawing";
import { KINDS, SAYS_NOTHING_ITSELF } from "./panels/kinds";

interface PanelBoxProps {
  readonly panel: Panel;
  readonly situation: Situation | undefined;
  readonly spans: readonly Span[];
  readonly width: number;
  readonly height: number;
}

/** One panel: its frame, its title with the description to hover, and what it shows: its drawing, nothing, or its error. */
export function PanelBox(props: PanelBoxProps): ReactElement {
  const { panel, situation, width, height } = props;
  const answer = useAnswer(panel, situation, width);
  return (
    <ErrorBoundary boundaryName="panel" dependencies={[panel, answer]}>
      {({ error }) => (
        <section className="panel" data-panel={panel.id} data-title={panel.title} data-state={error ? "failed" : stateOf(panel, answer)}>
          <PanelChrome
            title={panel.title} description={panel.description} width={width} height={height}
            loadingState={answer.state === "loading" ? LoadingState.Loading : LoadingState.Done}
            statusMessage={error?.message ?? (answer.state === "failed" ? answer.why : undefined)}
          >
            {(inner, tall) => (error ? <Trouble why={error.message} /> : <Inside {...props} answer={answer} width={inner} height={tall} />)}
          </PanelChrome>
        </section>
      )}
    </ErrorBoundary>
  );
}

function stateOf(panel: Panel, answer: Answer): "loading" | "failed" | "empty" | "drawn" {
  if (answer.state !== "answered") return answer.state;
  return KINDS[panel.type] === undefined ? "failed" : isEmpty(answer) ? "empty" : "drawn";
}

const isEmpty = (answer: Answer): boolean => answer.state !== "failed" && answer.frames.every(({ length }) => length === 0);

function Inside({ panel, situation, spans, width, height, answer }: PanelBoxProps & { answer: Answer }): ReactElement {
  const theme = useTheme2();
  const frames = answer.state === "failed" ? undefined : answer.frames;
  const replace = useMemo<InterpolateFunction>(() => (situation ? replacing(situation) : (text) => text), [situation]);
  const ready = useMemo(() => dressed(panel, frames ?? [], theme, replace), [panel, frames, theme, replace]);
  const Kind = KINDS[panel.type];
  if (answer.state === "failed") return <Trouble why={answer.why} />;
  if (Kind === undefined) return <Trouble why={`the preview does not draw panels of the kind ${panel.type}`} />;
  if (situation === undefined || (answer.state === "loading" && isEmpty(answer))) return <></>;
  if (isEmpty(answer) && !SAYS_NOTHING_ITSELF.has(panel.type)) return <p className="nothing">{nothing(panel)}</p>;
  const { range } = situation;
  return <Kind {...{ panel, frames: ready, width, height, range, spans, theme, replace, onZoom }} />;
}

function Trouble({ why }: { why: string }): ReactElement {
  return (
    <p className="trouble" role="alert">
      {why}
    </p>
  );
}

function onZoom({ from, to }: { from: number; to: number }): void {
  goTo(changed({ from: [String(Math.round(from))], to: [String(Math.round(to))] }));
}
