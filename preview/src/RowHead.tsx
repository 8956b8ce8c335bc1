import { Icon } from "@grafana/ui";
import type { ReactElement } from "react";

interface RowHeadProps {
  readonly title: string;
  readonly under: number;
  readonly open: boolean;
  readonly onFold: () => void;
}

/** A row's title, which folds and unfolds what is under it; a folded one says how many panels it keeps. */
export function RowHead({ title, under, open, onFold }: RowHeadProps): ReactElement {
  return (
    <h2>
      <button type="button" aria-expanded={open} onClick={onFold}>
        <Icon name={open ? "angle-down" : "angle-right"} />
        {title}
        {!open && <small>({under === 1 ? "1 panel" : `${under} panels`})</small>}
      </button>
    </h2>
  );
}
