/** Faults of the library itself: a build in which each of its functions can be made to throw when it is called. */

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "esbuild";
import ts from "typescript";

const CALL = "throwIfFaulty";
/** Defined before the library's modules run. */
export const DEFINITION = `globalThis.faultyFunction = null;
globalThis.calledFunctions = new Set();
globalThis.${CALL} = (name) => {
  globalThis.calledFunctions.add(name);
  if (name !== globalThis.faultyFunction) return;
  console.log("fault in " + name);
  throw new Error("fault in " + name);
};`;

/** A plugin that adds a call to the start of every function of the library. */
export const faultyFunctions: Plugin = {
  name: "faulty-functions",
  setup(build) {
    build.onLoad({ filter: /worker\/src\/.*\.ts$/ }, ({ path }) => {
      const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, true);
      return { contents: withCalls(source, basename(path, ".ts")), loader: "ts" };
    });
  },
};

function withCalls(source: ts.SourceFile, module: string): string {
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ts.Node, path: readonly string[]): void => {
    const own = nameOf(node);
    const inner = own ? [...path, own] : path;
    if (own && isFunction(node) && node.body) {
      const name = [module, ...inner].join(".");
      const { body } = node;
      if (ts.isBlock(body)) insertions.push({ at: body.getStart() + 1, text: `${CALL}(${JSON.stringify(name)});` });
      else insertions.push({ at: body.getStart(), text: `(${CALL}(${JSON.stringify(name)}), ` }, { at: body.getEnd(), text: ")" });
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(source, []);
  let text = source.text;
  for (const { at, text: inserted } of insertions.sort((a, b) => b.at - a.at)) text = text.slice(0, at) + inserted + text.slice(at);
  return text;
}

type FunctionNode = ts.FunctionDeclaration | ts.MethodDeclaration | ts.ArrowFunction | ts.FunctionExpression;
const isFunction = (node: ts.Node): node is FunctionNode =>
  ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** The name of a function: its own, or that of the constant or property that it is the value of. */
function nameOf(node: ts.Node): string | undefined {
  if (!isFunction(node)) return undefined;
  if (node.name) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : undefined;
}
