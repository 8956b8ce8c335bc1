/** Routes with parameters: `/docs/:id` is the route of `/docs/7`. */

type Pattern = readonly [route: string, path: RegExp];
const patterns = new WeakMap<readonly string[], readonly Pattern[]>();

/** Returns the first route that a path matches: a route itself, else a pattern; a path that matches none is returned as it is. */
export function routeOfPath(routes: readonly string[], path: string): string {
  if (routes.includes(path)) return path;
  let compiled = patterns.get(routes);
  if (!compiled) patterns.set(routes, (compiled = routes.filter((route) => route.includes("/:")).map((route) => [route, pathOf(route)])));
  return compiled.find(([, pattern]) => pattern.test(path))?.[0] ?? path;
}

/** Returns what paths of a pattern look like: a parameter is one part of the path. */
function pathOf(route: string): RegExp {
  const parts = route.split("/").map((part) => (part.startsWith(":") ? "[^/]+" : part.replace(/[^\w-]/g, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}
