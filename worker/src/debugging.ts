/** Raw prompts and answers are logged only while debugging is on: asked for by an explicit setting that expires. */

import { warnOnce } from "./notice.ts";

/** Raw prompts and answers are logged until this time, at most a day ahead. */
export interface Debug {
  readonly until: Date;
}

const DAY = 86_400_000;

/** Whether a request that begins now logs raw texts. That it does, or that the setting is refused, is said once in an isolate. */
export function isRaw(debug: Debug | undefined, service: string): boolean {
  const ahead = debug ? debug.until.getTime() - Date.now() : 0;
  if (!(ahead > 0)) return false;
  const debug_until = debug!.until.toISOString();
  const isRefused = ahead > DAY;
  warnOnce(
    service,
    isRefused
      ? "debug.until: over 24 hours ahead; give a nearer time"
      : "raw prompts and answers are logged",
    { debug_until },
  );
  return !isRefused;
}
