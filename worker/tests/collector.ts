/** A fake OTLP collector on loopback whose responses a test can replace. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { TELEMETRY } from "workers-ai-observability/contract";

/** A data point as it was pushed; maps have it under its series, such as `requests_total{route=/chat,…}`. */
export interface Point {
  readonly attributes: { key: string; value: { stringValue: string } }[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly count?: number;
  readonly sum?: number;
  readonly bucketCounts?: number[];
  readonly explicitBounds?: number[];
  readonly exemplars?: { timeUnixNano: string; asDouble: number; filteredAttributes: Point["attributes"] }[];
}

export interface Push {
  readonly headers: IncomingMessage["headers"];
  readonly instance: string;
  readonly points: Map<string, Point>;
}

type Responder = (response: ServerResponse, requestNumber: number) => void;
const accept: Responder = (response) => void response.writeHead(200, { "content-type": "application/json" }).end("{}");

export class Collector {
  /** Every push that arrived, whatever the response was; one that is not JSON without its points. */
  readonly pushes: Push[] = [];
  /** The newest accepted point of each series of each instance. */
  readonly accepted = new Map<string, Point>();
  /** Writes the response to each request. */
  respond: Responder = accept;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  static async start(port = 0): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(port, "127.0.0.1", resolve));
    return collector;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1/metrics`;
  }

  acceptAgain(): void {
    this.respond = accept;
  }

  /** Returns the sum of a metric's counters (for histograms: of their counts) over all instances and matching series. */
  total(metric: string, ...labels: string[]): number {
    const matches = (name: string): boolean => labels.every((label) => name.includes(label));
    const series = [...this.accepted].filter(([name]) => name.startsWith(`${metric}{`) && matches(name));
    return series.reduce((sum, [, point]) => sum + (point.count ?? point.asDouble ?? 0), 0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const push = parsePush(request.headers, request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body);
    const requestNumber = this.pushes.push(push);
    response.on("finish", () => {
      if (response.statusCode !== 200) return;
      for (const [name, point] of push.points) this.accepted.set(`${name} ${push.instance}`, point);
    });
    this.respond(response, requestNumber);
  }
}

interface Metric {
  readonly name: string;
  readonly sum?: { dataPoints: Point[] };
  readonly gauge?: { dataPoints: Point[] };
  readonly histogram?: { dataPoints: Point[] };
}

function parsePush(headers: Push["headers"], body: Buffer): Push {
  if (headers["content-type"] !== "application/json") return { headers, instance: "", points: new Map() };
  const [resource] = JSON.parse(body.toString()).resourceMetrics;
  const instance = resource.resource.attributes[1].value.stringValue as string;
  const points = new Map<string, Point>();
  for (const { name, sum, gauge, histogram } of resource.scopeMetrics[0].metrics as Metric[]) {
    for (const point of (sum ?? gauge ?? histogram)!.dataPoints) points.set(seriesName(name, point), point);
  }
  return { headers, instance, points };
}

/** The series without the labels that all series of the platform have; one that lacks them is refused. */
function seriesName(metric: string, { attributes }: Point): string {
  const own = attributes.filter(({ key }) => !(key in TELEMETRY.seriesLabels));
  if (own.length !== attributes.length - Object.keys(TELEMETRY.seriesLabels).length) throw new Error(`${metric} lacks the platform's labels`);
  return `${metric}{${own.map(({ key, value }) => `${key}=${value.stringValue}`).join(",")}}`;
}
