/** An OTLP collector on loopback that can be told to misbehave. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** A point as it was pushed, told by its metric and labels, as `requests_total{route=/chat,…}`. */
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

type Behave = (response: ServerResponse, nth: number) => void;
const accept: Behave = (response) => void response.writeHead(200, { "content-type": "application/json" }).end("{}");

export class Collector {
  /** All that was sent, whatever was answered. */
  readonly pushes: Push[] = [];
  /** What was taken: the newest point of each series of each instance. */
  readonly taken = new Map<string, Point>();
  /** How each request is answered. */
  behave: Behave = accept;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(port = 0): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((done) => collector.#server.listen(port, "127.0.0.1", done));
    return collector;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1/metrics`;
  }

  acceptAgain(): void {
    this.behave = accept;
  }

  /** The sum of a metric's counters (for histograms: of their counts) over all instances and series that match. */
  total(metric: string, ...having: string[]): number {
    const matches = (name: string): boolean => having.every((part) => name.includes(part));
    const series = [...this.taken].filter(([name]) => name.startsWith(`${metric}{`) && matches(name));
    return series.reduce((sum, [, point]) => sum + (point.count ?? point.asDouble ?? 0), 0);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const push = read(request.headers, request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body);
    const nth = this.pushes.push(push);
    response.on("finish", () => {
      if (response.statusCode !== 200) return;
      for (const [name, point] of push.points) this.taken.set(`${name} ${push.instance}`, point);
    });
    this.behave(response, nth);
  }
}

interface Metric {
  readonly name: string;
  readonly sum?: { dataPoints: Point[] };
  readonly gauge?: { dataPoints: Point[] };
  readonly histogram?: { dataPoints: Point[] };
}

function read(headers: Push["headers"], body: Buffer): Push {
  const [resource] = JSON.parse(body.toString()).resourceMetrics;
  const instance = resource.resource.attributes[1].value.stringValue as string;
  const points = new Map<string, Point>();
  for (const { name, sum, gauge, histogram } of resource.scopeMetrics[0].metrics as Metric[]) {
    for (const point of (sum ?? gauge ?? histogram)!.dataPoints) points.set(seriesName(name, point), point);
  }
  return { headers, instance, points };
}

function seriesName(metric: string, { attributes }: Point): string {
  return `${metric}{${attributes.map(({ key, value }) => `${key}=${value.stringValue}`).join(",")}}`;
}
